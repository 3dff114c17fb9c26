#ifndef _KUNIT_VISIBILITY_H
#define _KUNIT_VISIBILITY_H
#define VISIBLE_IF_KUNIT static
#endif
