#include <kunit/test.h>
