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
