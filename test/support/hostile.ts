/** What a stranger could write into any name of a mail: markup, shell, escape sequences, reordered letters, links. */
export const HOSTILE = '<img src=x onerror=globalThis.__pwned=1>$(touch x)`id`\x1b[31m\u202e](command:x)';
/** The same as far as a path of a patch may go. */
export const HOSTILE_PATH = 'kernel/<img src=x onerror=globalThis.__pwned=1>$(touch x)`id`\u202e.c';

/** A mail that says so everywhere it can, and changes what `sum_of()` answers in `kernel/resource.c` ({@link HOSTILE_TREE}). */
export const hostileMail = (path = HOSTILE_PATH): string => `From: ${HOSTILE} <a@example.org>
Date: Mon, 1 Jan 2024 00:00:00 +0000
Message-ID: <$(touch-x)@example.org>
Subject: [PATCH] ${HOSTILE}

${HOSTILE}
---
diff --git a/kernel/resource.c b/kernel/resource.c
--- a/kernel/resource.c
+++ b/kernel/resource.c
@@ -1,2 +1,2 @@
 int sum_of(int a, int b)
-{ return a + b; }
+{ int *p = 0; return b - *p; }
diff --git a/${path} b/${path}
--- a/${path}
+++ b/${path}
@@ -1,1 +1,1 @@
-int q(void) { return 1; }
+int q(void) { return 2; }
`;
export const HOSTILE_TREE: ReadonlyMap<string, string> = new Map([
  ['kernel/resource.c', 'int sum_of(int a, int b)\n{ return a + b; }\n'],
  [HOSTILE_PATH, 'int q(void) { return 1; }\n'],
]);
/** A scenario whose title, messages, resources and observations are called like that. */
export const hostileScenario = `// title: ${HOSTILE}
#include <iomem-review.h>
int sum_of(int a, int b);
static struct resource r = { .name = ${JSON.stringify(HOSTILE).replaceAll('\\u001b', '\\x1b')}, .start = 0x1000, .end = 0x1fff, .flags = IORESOURCE_MEM };
THREAD(worker) { insert_resource(&iomem_resource, &r); pr_info("%s\\n", r.name); }
CHECK { OBSERVE(r.name); OBSERVE(sum_of(1, 2)); }
`;
