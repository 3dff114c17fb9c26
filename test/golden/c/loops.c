/* Loops, switch, goto: how control flow becomes blocks. */
int sum(const int *p, int n)
{
	int total = 0;

	while (n-- > 0) {
		if (*p < 0)
			continue;
		total += *p++;
		if (total > 1000 && n)
			break;
	}
	return total;
}

const char *word(unsigned x)
{
	switch (x) {
	case 0:
		return "none";
	case 1 ... 3:
		x++;
		/* falls through */
	default:
		if (x > 9)
			goto many;
	}
	return "some";
many:
	return "many";
}
