#include <uapi/linux/magic.h>
