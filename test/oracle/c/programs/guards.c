/* Scope-based cleanup as include/linux/cleanup.h does it: guards, classes, __free, no_free_ptr. */
void check(long long);
#define guard_class(n, T, exit, init, args...) typedef T class_##n##_t; static inline void class_##n##_destructor(T *p) { T _T = *p; exit; } static inline T class_##n##_constructor(args) { T t = init; return t; }
#define CLASS(n, var) class_##n##_t var __attribute__((cleanup(class_##n##_destructor))) = class_##n##_constructor
#define scoped_guard(n, args...) for (CLASS(n, scope)(args), *done = (void *)0; !done; done = (void *)1)
#define no_free_ptr(p) ({ __auto_type __ptr = (p); (p) = (void *)0; __ptr; })
struct lock { int held; int total; };
guard_class(lk, struct lock *, ({ if (_T) _T->held--; }), ({ l->held++; l->total += l->held; l; }), struct lock *l)
static int drops; static void put(int **p) { if (*p) drops += **p; }
#define __free __attribute__((cleanup(put)))
static int f(int how) { static struct lock l; struct lock z = { 0 }; l = z; drops = 0;
  scoped_guard(lk, &l) { if (how == 1) return l.held * 100; if (how == 2) break; l.total += 10; }
  CLASS(lk, g)(&l);
  { CLASS(lk, h)(&l); if (how == 3) goto out; }
  for (int i = 0; i < 3; i++) { CLASS(lk, in)(&l); if (i == 1) continue; if (how == 4) return l.total; }
out:
  return l.total * 10 + l.held; }
static int *keep(int *p) { int *q __free = p; if (*p == 3) return no_free_ptr(q); return q; }
static int k(int v) { drops = 0; int *r = keep(&v); return drops * 100 + *r; }
struct p { int a, b; };
static int s(void) { static struct p x = (struct p){ 1, 2 }; static struct p t[] = { (struct p){ 3 }, [2] = (struct p){ .b = 4 } }; return x.a + x.b * 10 + t[0].a * 100 + t[2].b * 1000; }
static int un(int q_, int b) { return b; }
static int un2(int a, int q_) { const __auto_type q = a; return q; }

void test_guards(void)
{
	for (int i = 0; i < 5; i++)
		check(f(i));
	check(k(3)); check(k(4)); check(s()); check(un(1, 2)); check(un2(7, 1));
}
