/* Sizes, alignments and offsets of structs, unions and bit-fields. */
void check(long long);
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
#define OFF(t, m) ((long long)__builtin_offsetof(t, m))
#define SIZE(t) (check(sizeof(t)), check(__alignof__(t)))

struct plain { char c; short s; char d; int i; char e; long l; char f; void *p; };
struct packed { char c; int i; short s; u64 q; } __attribute__((packed));
struct packed4 { char c; u64 q; } __attribute__((packed, aligned(4)));
struct aligned_member { char c; int i __attribute__((aligned(16))); char d; };
struct packed_member { char c; int i __attribute__((packed)); short s; };
struct __attribute__((aligned(64))) line { int a; };
struct empty { };
struct holds_empty { char c; struct empty e; int i; };
struct zero { int n; int tail[0]; };
struct flex { char c; u64 tail[]; };
union u { char c; u16 s[3]; struct { int a; u64 b; } n; };
union packed_union { char c[5]; int i; } __attribute__((packed));
struct anon { int a; union { struct { u8 x, y; }; u16 xy; }; struct { u64 z; }; };
struct b1 { u32 a : 3, b : 5, c : 24, d : 1; };
struct b2 { u8 a : 3; u32 b : 30; u8 c : 2; };
struct b3 { u64 a : 40; u64 b : 30; u32 c : 4; };
struct b4 { char x; u32 a : 9; u16 b : 9; u8 c : 7; };
struct b5 { int a : 4; int : 0; int b : 4; int : 5; int c : 3; };
struct b6 { u8 a : 4; long long : 0; u8 b : 4; };
struct b7 { u32 a : 20; u32 b : 20; } __attribute__((packed));
struct b8 { u8 a : 1; u64 b : 63; u8 c : 3; } __attribute__((packed));
struct b9 { _Bool a : 1; _Bool b : 1; u16 c : 15; };
struct b10 { short a : 3; long b : 33; short c : 16; };
struct b11 { u32 a : 3; u32 b : 7 __attribute__((aligned(8))); u32 c : 2; };
struct b12 { char c; int : 20; char d; };
struct b13 { u16 a : 12; u8 b : 6; u32 c : 14; u64 d : 50; };
struct b14 { char c; int : 0; } ;
struct b15 { u32 a : 31; u8 b : 1; u8 c : 1; };
struct b16 { char c[3]; u32 f : 8; u32 g : 8; };
enum e8 { E8_A, E8_B = 200 } __attribute__((packed));
struct with_enum { enum e8 e; enum { X = -1, Y } f : 3; u8 g; };
typedef int unaligned_int __attribute__((aligned(2)));
struct ua { char c; unaligned_int i; };
struct nested { char c; struct { char d; struct plain p; } in; char tail[3]; };
struct arr { char a[3][5]; short b[2]; };
struct pk_nested { char c; struct plain p; } __attribute__((packed));
struct bits_after { struct { char c; } in; u32 f : 4; };
union ub { u32 a : 3; u64 b : 35; };
struct va { _Alignas(32) char c; _Alignas(8) short s; };

void test_layout(void)
{
	SIZE(struct plain); SIZE(struct packed); SIZE(struct packed4); SIZE(struct aligned_member);
	SIZE(struct packed_member); SIZE(struct line); SIZE(struct empty); SIZE(struct holds_empty); SIZE(struct zero);
	SIZE(struct flex); SIZE(union u); SIZE(union packed_union); SIZE(struct anon); SIZE(struct b1); SIZE(struct b2);
	SIZE(struct b3); SIZE(struct b4); SIZE(struct b5); SIZE(struct b6); SIZE(struct b7); SIZE(struct b8);
	SIZE(struct b9); SIZE(struct b10); SIZE(struct b11); SIZE(struct b12); SIZE(struct b13); SIZE(struct b14);
	SIZE(struct b15); SIZE(struct b16); SIZE(enum e8); SIZE(struct with_enum); SIZE(struct ua); SIZE(struct nested);
	SIZE(struct arr); SIZE(struct pk_nested); SIZE(struct bits_after); SIZE(union ub); SIZE(struct va);
	check(OFF(struct plain, s)); check(OFF(struct plain, i)); check(OFF(struct plain, l)); check(OFF(struct plain, p));
	check(OFF(struct packed, i)); check(OFF(struct packed, q)); check(OFF(struct packed4, q));
	check(OFF(struct aligned_member, i)); check(OFF(struct aligned_member, d)); check(OFF(struct packed_member, i));
	check(OFF(struct packed_member, s)); check(OFF(struct holds_empty, i)); check(OFF(struct flex, tail));
	check(OFF(struct anon, y)); check(OFF(struct anon, xy)); check(OFF(struct anon, z)); check(OFF(struct ua, i));
	check(OFF(struct nested, in.p.l)); check(OFF(struct nested, tail[2])); check(OFF(struct arr, a[2][3]));
	check(OFF(struct pk_nested, p.i)); check(OFF(struct va, s)); check(OFF(struct b12, d));
}

/* Every bit-field is set alone, the bytes of the object are summed up by position. */
#define BYTES(o) do { const u8 *p_ = (const u8 *)&(o); unsigned i_; u64 h_ = 0; \
	for (i_ = 0; i_ < sizeof(o); i_++) h_ = h_ * 31 + p_[i_]; check((long long)h_); } while (0)
#define FIELD(t, f) do { static t o_; o_.f = -1; BYTES(o_); check(o_.f); o_.f = 5; BYTES(o_); check(o_.f); o_.f++; check(o_.f); \
	o_.f |= 0x5a5a5a5a5a5aULL; check(o_.f); check(o_.f = 0x1234567); check(o_.f-- - 1); BYTES(o_); } while (0)

void test_bitfields(void)
{
	FIELD(struct b1, a); FIELD(struct b1, b); FIELD(struct b1, c); FIELD(struct b1, d);
	FIELD(struct b2, a); FIELD(struct b2, b); FIELD(struct b2, c);
	FIELD(struct b3, a); FIELD(struct b3, b); FIELD(struct b3, c);
	FIELD(struct b4, a); FIELD(struct b4, b); FIELD(struct b4, c);
	FIELD(struct b5, a); FIELD(struct b5, b); FIELD(struct b5, c);
	FIELD(struct b6, a); FIELD(struct b6, b);
	FIELD(struct b7, a); FIELD(struct b7, b);
	FIELD(struct b8, a); FIELD(struct b8, b); FIELD(struct b8, c);
	FIELD(struct b10, a); FIELD(struct b10, b); FIELD(struct b10, c);
	FIELD(struct b11, a); FIELD(struct b11, b); FIELD(struct b11, c);
	FIELD(struct b13, a); FIELD(struct b13, b); FIELD(struct b13, c); FIELD(struct b13, d);
	FIELD(struct b15, a); FIELD(struct b15, b); FIELD(struct b15, c);
	FIELD(struct b16, f); FIELD(struct b16, g);
	FIELD(struct with_enum, g); FIELD(struct bits_after, f); FIELD(union ub, a); FIELD(union ub, b);
	{
		struct b9 b = { 1, 0, 0x7fff };
		b.b = 4; check(b.a); check(b.b); check(b.c); b.a = !b.b; check(b.a); check(b.c + 1); check(~b.c < 0);
	}
	{
		/* Promotion: narrow unsigned fields become int, 32 bits of u64 become unsigned int. */
		struct { u32 n : 31; u32 w : 32; u64 x : 31; u64 y : 32; u64 z : 33; int s : 3; } f = { 0, 0, 0, 0, 0, 7 };
		check(f.n - 1 < 0); check(f.w - 1 < 0); check(f.x - 1 < 0); check(f.y - 1 < 0); check(f.z - 1 < 0); check(f.s);
	}
}
