/* Control flow: loops, switch, goto, Duff's device. */
void check(long long);

static int loops(int n)
{
	int i, sum = 0;
	for (i = 0; i < n; i++) { if (i == 3) continue; if (i == 8) break; sum += i; }
	while (n > 0) { sum += n--; if (sum > 100) break; }
	do { sum++; if (sum % 7 == 0) continue; sum += 2; } while (sum < 150);
	for (int j = 0, k = 10; j < k; j++, k--) sum += j * k;
	for (;;) { if (++sum > 400) break; }
	return sum;
}
static int choose(long long x)
{
	switch (x) {
	case 1: return 10;
	case 2: x = 5; /* falls through */
	case 3: x++; break;
	case 10 ... 20: return (int)x * 2;
	case -5 ... -1: return -7;
	case 0x100000000LL: return 77;
	default: x = 99;
	case 4: x += 1000;
	}
	return (int)x;
}
static int chars(unsigned char c) { switch (c) { case 'a' ... 'z': return 1; case 200: return 2; case 255: return 3; } return 0; }
static int unsigned_switch(unsigned x) { switch (x) { case 0xffffffffu: return 1; case 0x80000000u ... 0x80000010u: return 2; case -2: return 3; } return 4; }
static int duff(int count)
{
	int n = (count + 7) / 8, sum = 0;
	switch (count % 8) {
	case 0: do { sum += 1;
	case 7: sum += 2;
	case 6: sum += 4;
	case 5: sum += 8;
	case 4: sum += 16;
	case 3: sum += 32;
	case 2: sum += 64;
	case 1: sum += 128;
		} while (--n > 0);
	}
	return sum;
}
static int into_block(int x)
{
	int r = 0;
	switch (x) {
		int y;
	case 1: y = 5; r = y; break;
	case 2: if (0) { case 3: r += 100; } r += 1; break;
	case 4: { int arr[2]; case 5: arr[0] = 6; arr[1] = 7; int *p = arr; r = p[0] * p[1]; } break;
	default: while (r < 3) { r++; case 6: r += 10; }
	}
	return r;
}
static int gotos(int n)
{
	int a = 0;
	goto middle;
again:
	{
		int slot[3];
		slot[a % 3] = a;
		a += slot[a % 3] + 1;
		if (a > 50) goto out;
	}
middle:
	if (n-- > 0) { for (int i = 0; i < 5; i++) { if (i == n) goto again; a++; } goto again; }
out:
	return a;
}
static int nested(int n)
{
	int c = 0;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			switch (j) { case 1: continue; case 3: goto next; }
			c += i * j + 1;
			if (c > 40) goto done;
		next:;
		}
done:
	return c;
}
static int dangling(int a, int b) { if (a) if (b) return 1; else return 2; return 3; }
static int empty_bodies(int n) { int i = 0; while (i++ < n); for (; i < 20; i++); do ; while (i++ < 30); if (n); else i = 0; ; return i; }
static int jump_over(int n)
{
	int r = 0;
	if (n) goto skip;
	int arr[4] = { 1, 2, 3, 4 };
	r = arr[n];
skip:;
	int other[2];
	other[0] = n; other[1] = r;
	int *q = other;
	return q[0] * 10 + q[1];
}
static int const_branches(void) { int r = 0; if (1) r |= 1; else r |= 2; if (0) { r |= 4; } else r |= 8; while (0) r |= 16; do r |= 32; while (0); for (; 0;) r |= 64; return 1 ? r : 5; }
static int into_dead(int x) { int r = 0; if (x) goto in; if (0) { in: r = 5; } return r; }

void test_control(void)
{
	for (int i = 0; i < 12; i++) { check(loops(i)); check(duff(i + 1)); check(gotos(i)); check(nested(i)); check(into_block(i)); }
	for (int i = -6; i < 25; i++) check(choose(i));
	check(choose(0x100000000LL)); check(choose(0x100000001LL));
	for (int i = 0; i < 300; i++) check(chars((unsigned char)i));
	check(unsigned_switch(-1)); check(unsigned_switch(0x80000008)); check(unsigned_switch(-2)); check(unsigned_switch(0x7fffffff));
	check(dangling(0, 0)); check(dangling(1, 0)); check(dangling(1, 1)); check(empty_bodies(3)); check(empty_bodies(0));
	check(jump_over(0)); check(jump_over(1)); check(const_branches()); check(into_dead(0)); check(into_dead(1));
}
