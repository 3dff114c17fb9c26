import type { CType, Member, RecordType } from './types.ts';
import type { Types } from './types-ops.ts';
import { isRecord, qualified } from './types-ops.ts';

/*
 * Where gcc puts the members of a struct or union (System V layout, bit-fields as PCC_BITFIELD_TYPE_MATTERS), and how a
 * member is found again through anonymous structs and unions.
 */

/** A member as declared. */
export interface Field {
  readonly name: string | undefined;
  readonly type: CType;
  /** Bits of a bit-field. */
  readonly width?: number;
  readonly packed?: boolean;
  /** From `aligned`; only ever raises the alignment, except together with `packed`. */
  readonly align?: number;
}
export interface RecordLayout {
  readonly members: readonly Member[];
  readonly size: number;
  readonly align: number;
}

export function layOut(
  types: Types,
  kind: 'struct' | 'union',
  fields: readonly Field[],
  packed: boolean,
  minAlign: number,
): RecordLayout {
  const members: Member[] = [];
  let align = Math.max(1, minAlign);
  /** Bits used so far. Exact: sizes are bounded far below 2^50. */
  let bits = 0;
  let end = 0;
  for (const field of fields) {
    if (kind === 'union') bits = 0;
    const size = types.sizeOf(field.type);
    const natural = types.alignOf(field.type);
    const tight = packed || field.packed === true;
    const own = Math.max(tight ? 1 : natural, field.align ?? 1);
    if (field.width === undefined) {
      const offset = roundUp(Math.ceil(bits / 8), own);
      members.push({ ...(field.name !== undefined && { name: field.name }), type: field.type, offset });
      bits = (offset + size) * 8;
      align = Math.max(align, own);
    } else if (field.width === 0) {
      bits = roundUp(bits, Math.max(natural, field.align ?? 1) * 8);
    } else {
      if (field.align !== undefined) bits = roundUp(bits, field.align * 8);
      // A bit-field does not cross more units of its type's alignment than its type does.
      const unit = natural * 8;
      const spans = Math.floor(((bits % unit) + field.width + unit - 1) / unit);
      if (!tight && spans > (size * 8) / unit) bits = roundUp(bits, unit);
      if (field.name !== undefined) {
        members.push({ name: field.name, type: field.type, ...unitOf(bits, field.width, size) });
        align = Math.max(align, own);
      }
      bits += field.width;
    }
    end = Math.max(end, bits);
  }
  return { members, size: roundUp(Math.ceil(end / 8), align), align };
}

/** The storage unit of a bit-field: aligned as its type where the field fits, else from its first byte. */
function unitOf(bits: number, width: number, size: number): { offset: number; bits: { bit: number; width: number } } {
  const unit = size * 8;
  const start = Math.floor(bits / unit) * unit;
  if (bits - start + width <= unit) return { offset: start / 8, bits: { bit: bits - start, width } };
  const byte = Math.floor(bits / 8);
  return { offset: byte, bits: { bit: bits - byte * 8, width } };
}

export function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

/** A member reached by name, possibly through anonymous ones. `path` leads to it, outermost first. */
export interface FoundMember {
  readonly member: Member;
  /** From the start of the outermost record. */
  readonly offset: number;
  /** With the qualifiers of the anonymous records on the way. */
  readonly type: CType;
  readonly path: readonly number[];
}

const tables = new WeakMap<readonly Member[], ReadonlyMap<string, FoundMember>>();

export function findMember(record: RecordType, name: string): FoundMember | undefined {
  return memberTable(record).get(name);
}

/** Every name that leads to a member, those of anonymous members included. */
export function memberTable(record: RecordType): ReadonlyMap<string, FoundMember> {
  if (!record.members) return new Map();
  const known = tables.get(record.members);
  if (known) return known;
  const table = new Map<string, FoundMember>();
  record.members.forEach((member, index) => {
    const { type, offset } = member;
    if (member.name !== undefined) {
      table.set(member.name, { member, offset, type, path: [index] });
      return;
    }
    if (!isRecord(type)) return;
    for (const [name, inner] of memberTable(type)) {
      table.set(name, {
        member: inner.member,
        offset: offset + inner.offset,
        type: qualified(inner.type, type),
        path: [index, ...inner.path],
      });
    }
  });
  tables.set(record.members, table);
  return table;
}

const nesting = new WeakMap<readonly Member[], number>();

/** How deep structs and unions lie inside each other by value: bounds every recursion over members. */
export function recordDepth(type: CType): number {
  if (type.kind === 'array') return recordDepth(type.of);
  if (!isRecord(type) || !type.members) return 0;
  const known = nesting.get(type.members);
  if (known !== undefined) return known;
  let inner = 0;
  for (const member of type.members) inner = Math.max(inner, recordDepth(member.type));
  const depth = inner + 1;
  nesting.set(type.members, depth);
  return depth;
}

const constants = new WeakMap<readonly Member[], boolean>();

/** Whether something inside is const, so that the whole cannot be assigned. */
export function hasConstMember(type: CType): boolean {
  if (type.kind === 'array') return hasConstMember(type.of);
  if (!isRecord(type) || !type.members) return false;
  const known = constants.get(type.members);
  if (known !== undefined) return known;
  const found = type.members.some((member) => member.type.const === true || hasConstMember(member.type));
  constants.set(type.members, found);
  return found;
}
