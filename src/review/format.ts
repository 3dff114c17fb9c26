import { errorNames } from '../kernel/errno.ts';
import type { ObservedValue } from '../machine/api.ts';
import type { Hex } from './report.ts';

export const hex = (value: bigint): Hex => `0x${BigInt.asUintN(64, value).toString(16)}`;

/** A value as `observe` lines show it: integers `0x…` in the width of their type, strings quoted, error pointers `-EBUSY`. */
export function formatValue(value: ObservedValue): string {
  switch (value.kind) {
    case 'int':
      return `0x${BigInt.asUintN(value.bytes * 8, value.value).toString(16)}`;
    case 'string':
      return JSON.stringify(value.value);
    case 'errno':
      return `-${errorNames.get(-value.value) ?? -value.value}`;
    case 'pointer':
      return value.value;
  }
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const scales: readonly (readonly [bigint, string])[] = [
  [1n << 60n, 'EiB'],
  [1n << 50n, 'PiB'],
  [1n << 40n, 'TiB'],
  [1n << 30n, 'GiB'],
  [1n << 20n, 'MiB'],
  [1n << 10n, 'KiB'],
];

/** `1.5 TiB`: two decimals at most, rounded down. */
export function bytesText(bytes: bigint): string {
  for (const [unit, name] of scales) {
    if (bytes < unit) continue;
    const hundredths = (bytes * 100n) / unit;
    const rest = String(hundredths % 100n)
      .padStart(2, '0')
      .replace(/0+$/, '');
    return `${hundredths / 100n}${rest === '' ? '' : `.${rest}`} ${name}`;
  }
  return `${bytes} B`;
}
