/* Structs, bit-fields, initialisers, assignment. */
struct range {
	unsigned long long start, end;
	unsigned kind : 3, busy : 1;
	struct range *next;
};

struct range first = { 1, 2, .busy = 1 };

struct range join(const struct range *a, struct range b)
{
	struct range r = { .start = a->start, .end = b.end, .kind = a->kind };

	if (b.busy)
		r.busy = 1;
	r.next = &first;
	*r.next = r;
	return r;
}
