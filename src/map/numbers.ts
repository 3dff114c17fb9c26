/*
 * Addresses and sizes as people read and write them. Addresses are unsigned 64-bit values in a bigint.
 */

const TOP = 1n << 64n;

/** `0x3fff_2800_0000`: groups of four digits from the right. */
export function addressText(address: bigint): string {
  return `0x${address.toString(16).replace(/\B(?=(?:[0-9a-f]{4})+$)/g, '_')}`;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Largest unit in which the size is at least 1; exact where it has at most two decimals, else `≈`. */
export function sizeText(size: bigint): string {
  if (size < 0n) return `−${sizeText(-size)}`;
  let unit = 0;
  while (unit < units.length - 1 && size >> BigInt(10 * (unit + 1)) > 0n) unit++;
  const shift = BigInt(10 * unit);
  const hundredths = (size * 100n) >> shift;
  const exact = hundredths << shift === size * 100n;
  const whole = hundredths / 100n;
  const rest = hundredths % 100n;
  const decimals = rest === 0n ? '' : `.${rest.toString().padStart(2, '0').replace(/0$/, '')}`;
  return `${exact ? '' : '≈ '}${whole}${decimals} ${units[unit]}`;
}

const multipliers = new Map([
  ['', 0n],
  ['b', 0n],
  ['k', 10n],
  ['m', 20n],
  ['g', 30n],
  ['t', 40n],
  ['p', 50n],
  ['e', 60n],
]);

/** `1G`, `128 MiB`, `0x1000`, `4096`; undefined where it is none or not below 2^64. */
export function parseSize(text: string): bigint | undefined {
  const match = /^\s*(0x[0-9a-f_]{1,24}|[0-9]{1,20})\s*([bkmgtpe]?)(?:i?b)?\s*$/i.exec(text);
  if (!match) return undefined;
  const shift = multipliers.get(match[2]!.toLowerCase());
  if (shift === undefined) return undefined;
  const digits = match[1]!.replaceAll('_', '');
  if (digits === '0x') return undefined;
  const value = BigInt(digits) << shift;
  return value < TOP ? value : undefined;
}

/** `0x3fff_0000_0000`, `3fff00000000` (8 hex digits or more), `2^46`, `4G`; undefined where it is none of these. */
export function parseAddress(text: string): bigint | undefined {
  const power = /^\s*2\s*\^\s*([0-9]{1,2})\s*$/.exec(text);
  if (power) return Number(power[1]) < 64 ? 1n << BigInt(power[1]!) : undefined;
  const bare = /^\s*([0-9a-f_]{8,20})\s*$/i.exec(text);
  if (bare && /[a-f]|^\s*[0-9]{11,}|_/i.test(text)) return parseSize(`0x${bare[1]}`);
  return parseSize(text);
}

/** `START-END`, inclusive, as both are written alone; undefined where it is none. The result ends behind the last address. */
export function addressRange(text: string): { readonly left: bigint; readonly right: bigint } | undefined {
  const dash = text.indexOf('-', 1);
  if (dash < 0) return undefined;
  const left = parseAddress(text.slice(0, dash));
  const last = parseAddress(text.slice(dash + 1));
  return left !== undefined && last !== undefined && left <= last ? { left, right: last + 1n } : undefined;
}

export function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}
export function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

/** A count for reading: 100,000. */
export const countText = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
