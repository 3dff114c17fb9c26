import type { SratRange } from './api.ts';

const sratLine = /SRAT: Node (\d{1,5}) PXM (\d{1,5}) \[mem 0x([0-9a-f]{1,16})-0x([0-9a-f]{1,16})\]([a-z -]*)/i;
/** v3 kernels: `SRAT: Node 0 PXM 0 0-80000000`. */
const oldSratLine = /SRAT: Node (\d{1,5}) PXM (\d{1,5}) ([0-9a-f]{1,16})-([0-9a-f]{1,16})\b(.*)/i;

/**
 * Reads what a kernel log tells of SRAT (drivers/acpi/numa/srat.c, acpi_numa_memory_affinity_init()), with or without time
 * stamps, `ACPI: ` and quotation marks. Other lines are not looked at.
 */
export function parseDmesg(text: string, _options: { readonly name: string }): { readonly srat: readonly SratRange[] } {
  const srat: SratRange[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    if (!raw.includes('SRAT: Node')) continue;
    const head = raw.slice(0, 1000);
    const match = sratLine.exec(head) ?? oldSratLine.exec(head);
    if (!match) continue;
    const [, node, pxm, start, end, words] = match;
    srat.push({
      node: Number(node),
      pxm: Number(pxm),
      start: BigInt(`0x${start}`),
      end: BigInt(`0x${end}`),
      hotplug: /\bhotplug\b/i.test(words!),
      nonVolatile: /\bnon-volatile\b/i.test(words!),
      line,
    });
  }
  return { srat };
}
