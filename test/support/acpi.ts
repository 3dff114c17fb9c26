/* ACPI tables for tests, written by the specifications' layouts. */

const bytesOf = (value: bigint, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));

/** With the length and the sum of the table in their places. */
export function checksummed(table: Uint8Array): Uint8Array {
  table.set(bytesOf(BigInt(table.length), 4), 4);
  table[9] = 0;
  table[9] = (256 - (table.reduce((sum, b) => sum + b, 0) & 0xff)) & 0xff;
  return table;
}

const header = (signature: string, revision: number): number[] => [
  ...[...signature].map((c) => c.charCodeAt(0)),
  ...[0, 0, 0, 0, revision, 0],
  ...[...'IOMEM IOMEMREV'].map((c) => c.charCodeAt(0)),
  ...Array<number>(12).fill(0),
];

/** SRAT (ACPI 6.5, 5.2.16) with memory affinity structures. */
export const srat = (
  ranges: readonly { readonly pxm: number; readonly base: bigint; readonly length: bigint; readonly flags: number }[],
): Uint8Array =>
  checksummed(
    Uint8Array.from([
      ...header('SRAT', 3),
      ...Array<number>(12).fill(0),
      ...ranges.flatMap(({ pxm, base, length, flags }) => [
        ...[1, 40],
        ...bytesOf(BigInt(pxm), 4),
        ...[0, 0],
        ...bytesOf(base, 8),
        ...bytesOf(length, 8),
        ...[0, 0, 0, 0],
        ...bytesOf(BigInt(flags), 4),
        ...Array<number>(8).fill(0),
      ]),
    ]),
  );

/** CEDT (CXL 3.1, 9.18.1) with a host bridge and fixed memory windows of one target. */
export const cedt = (windows: readonly { readonly base: bigint; readonly length: bigint }[]): Uint8Array =>
  checksummed(
    Uint8Array.from([
      ...header('CEDT', 1),
      ...[0, 0, 32, 0],
      ...Array<number>(28).fill(0),
      ...windows.flatMap(({ base, length }) => [
        ...[1, 0, 40, 0],
        ...[0, 0, 0, 0],
        ...bytesOf(base, 8),
        ...bytesOf(length, 8),
        ...Array<number>(16).fill(0),
      ]),
    ]),
  );

/** As `acpidump` prints tables. */
export function acpidump(bytes: Uint8Array): string {
  const out: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(4, true);
    const table = bytes.subarray(at, at + length);
    out.push(`${String.fromCharCode(...table.subarray(0, 4))} @ 0x0000000000000000`);
    for (let i = 0; i < table.length; i += 16) {
      const row = [...table.subarray(i, i + 16)];
      const hex = row.map((b) => b.toString(16).padStart(2, '0').toUpperCase()).join(' ');
      const text = row.map((b) => (b > 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
      out.push(`    ${i.toString(16).padStart(4, '0').toUpperCase()}: ${hex.padEnd(47)}  ${text}`);
    }
    out.push('');
    at += length;
  }
  return out.join('\n');
}
