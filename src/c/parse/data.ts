import type { InitItem, Initializer } from '../ast.ts';
import { constantOf } from '../constant.ts';
import * as E from '../errors-parse.ts';
import type { Parser } from './parser.ts';
import { DATA_LIMIT } from './parser.ts';
import type { StaticData } from './scope.ts';

/** The bytes of an object with static storage; every value must be constant (C11 6.7.9p4). Little-endian. */
export function encodeInitializer(p: Parser, init: Initializer): StaticData {
  let end = 0;
  for (const item of init.items) end = Math.max(end, item.offset + p.types.sizeOf(item.type));
  p.unit.dataBytes += end;
  if (p.unit.dataBytes > DATA_LIMIT) throw E.tooLarge(p.place(init.loc), 'all initial data', `${DATA_LIMIT >> 20} MiB`);
  const bytes = new Uint8Array(end);
  const relocations = new Map<number, StaticData['relocations'][number]>();
  for (const item of init.items) encodeItem(p, item, bytes, relocations);
  return { bytes, relocations: [...relocations.values()], size: init.size };
}

function encodeItem(
  p: Parser,
  item: InitItem,
  bytes: Uint8Array,
  relocations: Map<number, StaticData['relocations'][number]>,
): void {
  const { offset, type, value } = item;
  const size = p.types.sizeOf(type);
  if (!item.bits && relocations.size > 0) {
    for (let at = offset; at < offset + size; at++) relocations.delete(at);
  }
  if (!value) {
    bytes.fill(0, offset, offset + size);
    return;
  }
  if (value.k === 'str') {
    bytes.fill(0, offset, offset + size);
    bytes.set(value.bytes.subarray(0, size), offset);
    return;
  }
  if (value.k === 'literal') {
    // GNU: a static object inside a function, from a compound literal of constants.
    bytes.fill(0, offset, offset + size);
    for (const inner of value.init.items)
      encodeItem(p, { ...inner, offset: offset + inner.offset }, bytes, relocations);
    return;
  }
  if (value.k === 'staticliteral') {
    const data = value.sym.data!;
    bytes.fill(0, offset, offset + size);
    bytes.set(data.bytes.subarray(0, size), offset);
    for (const each of data.relocations) relocations.set(offset + each.at, { ...each, at: offset + each.at });
    return;
  }
  const known = constantOf(value, p.types);
  if (!known) throw E.notConstant(p.place(value.loc), 'an initialiser of static storage');
  if (known.base) {
    if (size !== p.types.target.wordSize || item.bits) {
      throw E.notConstant(p.place(value.loc), 'an initialiser that is narrower than an address');
    }
    relocations.set(offset, { at: offset, target: known.base, addend: known.value });
    bytes.fill(0, offset, offset + size);
    return;
  }
  if (item.bits) putBits(bytes, offset, item.bits.bit, item.bits.width, known.value);
  else for (let i = 0; i < size; i++) bytes[offset + i] = Number((known.value >> BigInt(8 * i)) & 0xffn);
}

function putBits(bytes: Uint8Array, offset: number, bit: number, width: number, value: bigint): void {
  for (let i = 0; i < width; i++) {
    const at = bit + i;
    const mask = 1 << (at & 7);
    const index = offset + (at >> 3);
    const set = ((value >> BigInt(i)) & 1n) === 1n;
    bytes[index] = set ? bytes[index]! | mask : bytes[index]! & ~mask;
  }
}
