#include <asm/iomem-profile.h>
