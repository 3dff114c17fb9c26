/* Initialisers of static and automatic objects. */
void check(long long);
typedef unsigned char u8;
typedef unsigned long long u64;
static void bytes(const void *p, unsigned n) { const u8 *b = p; u64 h = 7; unsigned i; for (i = 0; i < n; i++) { h = h * 131 + b[i]; } check((long long)h); check(n); }
#define DUMP(o) bytes(&(o), sizeof(o))
struct point { int x, y; };
struct line { struct point a, b; int tag[3]; };
union both { int i; short s[4]; struct point p; };
struct deep { int a; union { int b; struct { short c, d; }; }; struct { int e; struct { int f, g; } h; }; int k; };

static int a1[] = { 1, 2, 3, [7] = 8, 9, [4] = 5, 6 };
static int a2[10] = { [2 ... 5] = 7, [4] = 9, 1, [8] = 3 };
static struct point p1 = { .y = 2, .x = 1 }, p2 = { 3 }, p3 = { y: 4, x: 5 };
static struct line l1 = { 1, 2, 3, 4, 5, 6, 7 };
static struct line l2 = { { 1 }, { .y = 5 }, { [2] = 9 } };
static struct line l3 = { .b.y = 4, 10, 11, .a = { 7, 8 }, .a.x = 70 };
static struct line ls[] = { [1].a.y = 3, 4, 5, 6, [0] = { { 9, 9 } }, { .tag = { 1, 2, 3 } }, [3] = { .b = { 5 } } };
static union both u1 = { 0x12345678 }, u2 = { .s = { 1, 2, 3, 4 } }, u3 = { .p = { .y = 9 } }, ua[] = { 1, { .s[2] = 5 }, 3 };
static struct deep d1 = { 1, 2, 3, 4, 5, 6 }, d2 = { .c = 7, 8, 9, .h.g = 4, 5 }, d3 = { .h = { 1 }, 2, .d = 3, 4 };
static char s1[] = "hello", s2[3] = "abc", s3[10] = "xy", s4[] = { "braced" }, s5[2][4] = { "one", { 't', 'w', 'o' } }, s6[] = { 'a', 0, "b"[0] };
static const char *ptrs[] = { "first", "second", 0, &s1[2], s1 + 3, [6] = "last" };
static int m[2][3][2] = { 1, 2, 3, [1] = { { 4 }, [2] = { 5, 6 } } }, m2[][2] = { 1, 2, 3 }, m3[3][2] = { [1] = { 8, 9 }, 10 }, m4[][3] = { [2][1] = 5, 6, 7 };
static int *ip = &a1[3]; static int **ipp = &ip; static u64 diff = (u64)&((struct line *)0)->tag[1];
static struct { u8 f : 3; u8 g : 5; int n; unsigned w : 20, v : 12; } bf = { 5, 17, -1, 0xabcde, 0x123 };
static struct { int n; int tail[]; } fx = { 2, { 10, 20, 30 } };
static struct { struct point *p; } cl = { &(struct point){ 4, 5 } };
static int (*fp[2])(int); static int twice(int x) { return 2 * x; } static int (*const table[])(int) = { twice, &twice, 0 };
static long long big = 1LL << 40 | 3, neg = -1, shifted = -16 >> 2, cond = 1 ? 5 : 6, cmp = -1 < 0u, sz = sizeof(int[3]) + 'a';
static unsigned char narrow = 300, minus = -1; static _Bool tr = 42, fl = 0, fromptr = &big;
static struct point arr_of_struct[2] = { [0 ... 1] = { 6, 7 } }, over[2] = { { 1, 2 }, { 3, 4 }, [0].y = 9 };
static struct point from_literal = (struct point){ 8, 9 };
static int from_array_literal[] = (int[]){ 1, 2, 3 };
enum { A0, A1, A2, NR }; static const char *const names[NR] = { [A2] = "two", [A0] = "zero", };
static struct { char a[4]; char b; } st = { "abcd", 'e' }, st2 = { { "xyz" }, 'w' }, st3 = { .a = "q", .b = 1, .a[2] = 'r' };

static void automatic(int v)
{
	int x1[] = { v, v + 1, [5] = v * 2, 7 };
	struct line q1 = { { v, 1 }, .tag = { [1] = v }, };
	struct line q2 = q1, q3 = { .a = q1.b, .b = { .y = v } }, q4 = { q1.a, 3 };
	union both w = { .p = { v, v } };
	char c1[] = "local", c2[8] = "ab";
	struct deep e = { .h.f = v, .e = 2, .d = 3 };
	int mm[2][2] = { { v }, { [1] = 2 } };
	struct point arr[3] = { [1] = { .y = v }, { v, v } };
	struct point cl1 = (struct point){ v, .y = 3 }, *cl2 = &(struct point){ .x = v };
	int scalar = { v }, *lit = (int[]){ v, 2, 3 };
	struct point zero = { }, zero2 = { 0 };
	struct { unsigned lo : 4, hi : 4; int after; } bits = { v, .after = 3 };
	static int counter = 5; static int table2[] = { 1, 2, [4] = 5 };
	DUMP(x1); DUMP(q1); DUMP(q2); DUMP(q3); DUMP(q4); check(w.s[0] + w.i); DUMP(c1); DUMP(c2); DUMP(e); DUMP(mm); DUMP(arr); DUMP(cl1);
	check(cl2->x + cl2->y); check(scalar + lit[0] + lit[2]); DUMP(zero); DUMP(zero2); check(bits.lo); check(bits.hi); check(bits.after);
	counter += v; check(counter); DUMP(table2); check(sizeof(x1)); check(sizeof((int[]){ 1, 2, 3 }));
	for (int i = 0; i < 3; i++) { struct point in = { .y = i }; in.x += i; check(in.x * 10 + in.y); int *p = (int[2]){ i }; p[1] += 3; check(p[0] + p[1]); }
	*cl2 = (struct point){ .x = cl2->x + 1, .y = cl2->x + 2 }; check(cl2->x * 100 + cl2->y);
}

void test_initialisers(void)
{
	DUMP(a1); DUMP(a2); DUMP(p1); DUMP(p2); DUMP(p3); DUMP(l1); DUMP(l2); DUMP(l3); DUMP(ls); DUMP(u1); DUMP(u2); DUMP(u3); DUMP(ua);
	DUMP(d1); DUMP(d2); DUMP(d3); DUMP(s1); DUMP(s2); DUMP(s3); DUMP(s4); DUMP(s5); DUMP(s6);
	for (unsigned i = 0; i < sizeof(ptrs) / sizeof(*ptrs); i++) { check(ptrs[i] != 0); if (ptrs[i]) { check(ptrs[i][0]); check(ptrs[i][1]); } }
	DUMP(m); DUMP(m2); DUMP(m3); DUMP(m4); check(*ip); check(**ipp); check((long long)diff); DUMP(bf); check(fx.tail[0] + fx.tail[2]); check(sizeof(fx));
	check(cl.p->x * 10 + cl.p->y); check(fp[0] == 0); check(table[0](4) + table[1](5)); check(table[2] == 0);
	check(big); check(neg); check(shifted); check(cond); check(cmp); check(sz); check(narrow); check(minus); check(tr); check(fl); check(fromptr);
	DUMP(arr_of_struct); DUMP(over); DUMP(from_literal); DUMP(from_array_literal); check(names[A1] == 0); check(names[A2][1]); DUMP(st); DUMP(st2); DUMP(st3);
	automatic(3); automatic(-9);
}
