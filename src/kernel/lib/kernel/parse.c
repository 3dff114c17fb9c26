/* Numbers in texts. */

static int digit_of(char c)
{
	if (isdigit(c))
		return c - '0';
	if (isalpha(c))
		return tolower(c) - 'a' + 10;
	return 99;
}

/* Base 0 is told by the prefix: 0x, 0 or none. */
static const char *parse_base(const char *text, unsigned int *base)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && isxdigit(text[2]);

	if (*base == 0)
		*base = hex ? 16 : text[0] == '0' ? 8 : 10;
	return *base == 16 && hex ? text + 2 : text;
}

unsigned long long simple_strtoull(const char *text, char **end, unsigned int base)
{
	unsigned long long value = 0;

	text = parse_base(text, &base);
	for (; digit_of(*text) < (int)base; text++)
		value = value * base + digit_of(*text);
	if (end)
		*end = (char *)text;
	return value;
}

unsigned long simple_strtoul(const char *text, char **end, unsigned int base)
{
	return simple_strtoull(text, end, base);
}

long simple_strtol(const char *text, char **end, unsigned int base)
{
	return *text == '-' ? -simple_strtoul(text + 1, end, base) : simple_strtoul(text, end, base);
}

unsigned long long memparse(const char *text, char **end)
{
	char *at;
	unsigned long long value = simple_strtoull(text, &at, 0);
	static const char units[] = "KMGTPE";
	char *unit = *at ? strchr(units, toupper(*at)) : NULL;

	if (unit) {
		value <<= 10 * (unit - units + 1);
		at++;
	}
	if (end)
		*end = at;
	return value;
}

/* 0: no number; 1: a number; 2: a number and a comma, which is skipped; 3: a number and a hyphen, which begins a range. */
int get_option(char **text, int *value)
{
	char *at = *text;
	bool negative;
	char *digits;
	int number;

	if (!at || !*at)
		return 0;
	negative = *at == '-';
	digits = negative ? at + 1 : at;
	number = simple_strtoull(digits, text, 0);
	if (value)
		*value = negative ? -number : number;
	if (*text == digits)
		return 0;
	if (**text == ',') {
		(*text)++;
		return 2;
	}
	return **text == '-' ? 3 : 1;
}

int kstrtoull(const char *text, unsigned int base, unsigned long long *result)
{
	unsigned long long value = 0;
	bool any = false;

	if (*text == '+')
		text++;
	text = parse_base(text, &base);
	for (; digit_of(*text) < (int)base; text++) {
		if (value > (ULLONG_MAX - digit_of(*text)) / base)
			return -ERANGE;
		value = value * base + digit_of(*text);
		any = true;
	}
	if (*text == '\n')
		text++;
	if (!any || *text)
		return -EINVAL;
	*result = value;
	return 0;
}

int kstrtoul(const char *text, unsigned int base, unsigned long *result)
{
	unsigned long long value;
	int error = kstrtoull(text, base, &value);

	if (error)
		return error;
	if (value != (unsigned long)value)
		return -ERANGE;
	*result = value;
	return 0;
}

int kstrtouint(const char *text, unsigned int base, unsigned int *result)
{
	unsigned long long value;
	int error = kstrtoull(text, base, &value);

	if (error)
		return error;
	if (value != (unsigned int)value)
		return -ERANGE;
	*result = value;
	return 0;
}

int kstrtoint(const char *text, unsigned int base, int *result)
{
	bool negative = *text == '-';
	unsigned long long value;
	int error = kstrtoull(negative ? text + 1 : text, base, &value);

	if (error)
		return error;
	if (value > (unsigned long long)INT_MAX + negative)
		return -ERANGE;
	*result = negative ? -(long long)value : (long long)value;
	return 0;
}

int kstrtobool(const char *text, bool *result)
{
	if (!text)
		return -EINVAL;
	if (strchr("yYtT1", *text) && *text)
		*result = true;
	else if (strchr("nNfF0", *text) && *text)
		*result = false;
	else if ((text[0] == 'o' || text[0] == 'O') && tolower(text[1]) == 'n')
		*result = true;
	else if ((text[0] == 'o' || text[0] == 'O') && tolower(text[1]) == 'f')
		*result = false;
	else
		return -EINVAL;
	return 0;
}

/* Three digits and a unit: "1.50 GiB". */
int string_get_size(u64 size, u64 blocks, const enum string_size_units units, char *text, int length)
{
	static const char *const prefixes[] = { "", "k", "M", "G", "T", "P", "E" };
	const bool binary = (units & STRING_UNITS_MASK) == STRING_UNITS_2;
	const u64 step = binary ? 1024 : 1000;
	u64 whole = size * blocks, rest = 0;
	unsigned int i = 0;
	char digits[8] = "";

	for (; whole >= step; i++) {
		rest = whole % step;
		whole /= step;
	}
	if (i > 0 && whole < 10)
		snprintf(digits, sizeof(digits), ".%02u", (unsigned int)(rest * 100 / step));
	else if (i > 0 && whole < 100)
		snprintf(digits, sizeof(digits), ".%u", (unsigned int)(rest * 10 / step));
	return snprintf(text, length, "%u%s%s%s%s%s", (unsigned int)whole, digits, units & STRING_UNITS_NO_SPACE ? "" : " ",
			binary && i == 1 ? "K" : prefixes[i], binary && i ? "i" : "", units & STRING_UNITS_NO_BYTES ? "" : "B");
}
