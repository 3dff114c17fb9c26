/* GNU extensions as the kernel uses them. */
void check(long long);
typedef unsigned long long u64; typedef unsigned int u32;
#define max(a, b) ({ typeof(a) a_ = (a); typeof(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b) ({ t x_ = (a); t y_ = (b); x_ < y_ ? x_ : y_; })
#define container_of(p, t, m) ({ const typeof(((t *)0)->m) *mp_ = (p); (t *)((char *)mp_ - __builtin_offsetof(t, m)); })
#define is_constexpr(x) (sizeof(int) == sizeof(*(8 ? ((void *)((long)(x) * 0l)) : (int *)8)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]) + sizeof(struct { int : (-!!(__builtin_types_compatible_p(typeof(a), typeof(&(a)[0])))); }))
#define swap(a, b) do { typeof(a) t_ = (a); (a) = (b); (b) = t_; } while (0)
struct list { struct list *next, *prev; }; struct item { int v; struct list node; };
static int trace[64], ntrace; static void note(int x) { trace[ntrace++ % 64] = x; }
static void drop_int(int *p) { note(1000 + *p); } static void drop_item(struct item **p) { note(2000 + (*p)->v); }
#define AUTO __attribute__((cleanup(drop_int)))
static int cleanups(int how)
{
	int r = 0;
	AUTO int a = 1;
	{ AUTO int b = 2; if (how == 1) return a + b; note(b); if (how == 2) goto out; }
	for (int i = 0; i < 3; i++) { AUTO int c = 10 + i; if (how == 3 && i == 1) break; if (how == 4 && i == 0) continue; if (how == 5 && i == 2) return c; note(i); }
	{
	AUTO int d = 3;
	r = ({ AUTO int e = 20; note(21); e + how; });
	if (how == 6) goto out2;
	switch (how) { case 7: { AUTO int f = 30; note(31); break; } case 8: note(32); }
	struct item it = { 5 }; struct item *p __attribute__((cleanup(drop_item))) = &it;
	it.v += how;
again:;
	AUTO int g = how--; if (how > 5) goto again;
	return r + g + p->v;
	}
out2: note(99);
out:
	return r;
}
static int classify(void) { return 0; }
#define kind(x) _Generic((x), char: 1, signed char: 2, unsigned char: 3, short: 4, int: 5, unsigned: 6, long: 7, unsigned long: 8, long long: 9, unsigned long long: 10, char *: 11, const char *: 12, int *: 13, default: 0)
static int local_labels(int x) { return ({ __label__ out; int r = x; if (r > 3) goto out; r += 100; out: r; }) + ({ __label__ out; int r = 1; if (x) goto out; r = 7; out: r; }); }
static int once_count; static int once(void) { return ++once_count; } static int zero_then(void) { once_count++; return 0; }
struct big { int a[5]; long l; }; static struct big make(int x) { struct big b = { { x, x + 1 }, x * 2 }; return b; }
static long take(struct big b, int y) { b.a[0] += y; return b.a[0] + b.a[1] + b.l; }
static struct { short s; } small(int x) { return (typeof(small(0))){ x }; }

void test_gnu(void)
{
	int i, x = 5, y = 3; u64 big = 1ULL << 60;
	check(max(x, y)); check(max(big, 3ULL)); check(min_t(int, 3, -2)); check(max(max(1, 2), max(x++, 4))); check(x);
	struct item it = { .v = 42 }; struct list *n = &it.node; check(container_of(n, struct item, node)->v);
	check(is_constexpr(5)); check(is_constexpr(x)); check(is_constexpr(sizeof(x))); check(is_constexpr(x * 0)); check(is_constexpr(1 ? 2 : 3)); check(is_constexpr((x, 1)));
	int arr[7]; check(ARRAY_SIZE(arr)); swap(x, y); check(x * 10 + y);
	for (i = 0; i < 10; i++) { int r; ntrace = 0; r = cleanups(i); check(r); for (int k = 0; k < ntrace; k++) check(trace[k]); check(ntrace); }
	check(once() ?: 7); check(zero_then() ?: 9); check(once_count); check(0 ?: x); check((char)0 ?: big);
	char c = 1; signed char sc = 1; unsigned char uc = 1; const char *s = "x"; const int ci = 3;
	check(kind(c)); check(kind(sc)); check(kind(uc)); check(kind(c + c)); check(kind(1u)); check(kind(1l)); check(kind(1ull)); check(kind(s)); check(kind("a")); check(kind(&x)); check(kind(&ci)); check(kind(ci)); check(kind('a')); check(kind((short)1)); check(kind(1 ? 1 : 1u)); check(kind(sizeof 1)); check(kind(&x - &y)); check(kind(!1ull)); check(kind(uc << 1)); check(kind(~uc));
	check(local_labels(2)); check(local_labels(5)); check(local_labels(0));
	check(__builtin_constant_p(3 + 4)); check(__builtin_choose_expr(1, x, "no")); check(__builtin_types_compatible_p(int, const int)); check(__builtin_types_compatible_p(int, long)); check(__builtin_types_compatible_p(char *, const char *)); check(__builtin_types_compatible_p(int[3], int[])); check(__builtin_types_compatible_p(typeof(it), struct item));
	for (i = 1; i < 40; i += 3) { u32 v = 0x9e3779b9u * i; u64 w = v * 0x9e3779b97f4a7c15ULL; check(__builtin_clz(v)); check(__builtin_ctz(v)); check(__builtin_ffs(v)); check(__builtin_popcount(v)); check(__builtin_clzll(w)); check(__builtin_ctzl(w)); check(__builtin_ffsll(w)); check(__builtin_popcountl(w)); check(__builtin_bswap16(v)); check(__builtin_bswap32(v)); check(__builtin_bswap64(w)); check(__builtin_parity(v)); }
	check(__builtin_ffs(0)); check(__builtin_clz(1) + __builtin_ctzll(1ULL << 40)); check(__builtin_expect(x > 1, 1)); check(__builtin_classify_type(x) + __builtin_classify_type(&x) * 100);
	__auto_type au = x + 1ULL; check(sizeof(au)); check(au); typeof(arr) copy; check(sizeof(copy)); typeof(&arr[0]) pp = arr; *pp = 4; check(arr[0]); __typeof__(int[2]) t2 = { 1, 2 }; check(t2[1]);
	check(make(3).a[1]); check(take(make(5), 7)); struct big b1 = make(9), b2; b2 = b1; b2.a[1] = 0; check(take(b1, 0) - take(b2, 1)); check(({ make(4); }).l); check((x ? b1 : b2).a[0]); check(small(7).s); check((b2 = make(2), b2).a[1]);
	check(({ int q = 3; q * 2; }) + ({ 4; })); ({ x = 77; }); check(x); check((long long)&((struct item *)0)->node.prev); check(sizeof(void) + sizeof(classify)); void *vp = arr; check((char *)(vp + 8) - (char *)arr);
	check(({ for (i = 0; i < 5; i++) if (i == 3) break; i; })); asm volatile("" ::: "memory"); __asm__ __volatile__("" : : : "memory");
	check(_Generic(x, default: 3, long: 4)); check(__extension__ 5); check(__func__[5]); check(sizeof(__func__)); check(sizeof "abc" "de"); check("abc"[1]); check(*("xyz" + 2)); check(sizeof(struct { int a; char b; }));
	{ unsigned char a8 = 200, r8; signed char s8 = 100, rs8; check(__builtin_add_overflow(a8, (unsigned char)100, &r8)); check(r8); check(__builtin_add_overflow(s8, s8, &rs8)); check(rs8); check(__builtin_mul_overflow(s8, (signed char)1, &rs8)); check(rs8); }
	{ int a = 0x7fffffff, r; check(__builtin_add_overflow(a, 1, &r)); check(r); check(__builtin_sub_overflow(-2, a, &r)); check(r); check(__builtin_mul_overflow(a, 2, &r)); check(r); check(__builtin_mul_overflow(46340, 46340, &r)); check(r); u32 ur; check(__builtin_sub_overflow(1u, 2u, &ur)); check(ur); check(__builtin_mul_overflow(65536u, 65536u, &ur)); check(ur); }
	{ static const long long v[] = { 0, 1, -1, 2, -2, 3037000500LL, 0x7fffffffffffffffLL, -0x7fffffffffffffffLL - 1, 1LL << 62, -(1LL << 62), 12345678912345LL };
	  for (unsigned a = 0; a < 11; a++) for (unsigned b = 0; b < 11; b++) { long long r; u64 ur; check(__builtin_add_overflow(v[a], v[b], &r)); check(r); check(__builtin_sub_overflow(v[a], v[b], &r)); check(r); check(__builtin_mul_overflow(v[a], v[b], &r)); check(r);
	  check(__builtin_add_overflow((u64)v[a], (u64)v[b], &ur)); check(ur); check(__builtin_sub_overflow((u64)v[a], (u64)v[b], &ur)); check(ur); check(__builtin_mul_overflow((u64)v[a], (u64)v[b], &ur)); check(ur); } }
}
