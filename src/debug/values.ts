import type { CType, Member } from '../c/types.ts';
import { isRecord, isSigned, type Types, typeName } from '../c/types-ops.ts';
import { resourceText } from '../kernel/format.ts';
import { resourceLayout } from '../kernel/layout.ts';
import type { Machine } from '../machine/api.ts';
import { errnoName } from '../machine/errno.ts';

/** Something of C that can be shown: an object in memory, or a value that stands alone. */
export interface Value {
  readonly type: CType;
  /** Where the object is; undefined for what is in a register or was computed. */
  readonly address?: bigint;
  /** Of a bit-field: within the storage unit at `address`. */
  readonly bits?: { readonly bit: number; readonly width: number };
  /** As unsigned 64 bits, of a scalar without an address; undefined: nothing was written to it yet. */
  readonly scalar?: bigint;
}

/** Elements of an array that are shown at once. */
export const PAGE = 100;
const STRING = 256;

/** Reads C objects out of a stopped machine. */
export class Values {
  readonly machine: Machine;
  readonly types: Types;

  constructor(machine: Machine, types: Types) {
    this.machine = machine;
    this.types = types;
  }

  /** A scalar as its type has it: signed where that is signed. Undefined where it cannot be read. */
  scalar(value: Value): bigint | undefined {
    const { type, address, bits } = value;
    if (address === undefined) return value.scalar === undefined ? undefined : this.types.wrap(value.scalar, type);
    const size = this.types.sizeOf(type);
    if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return undefined;
    const raw = this.machine.memory.read(address, size);
    if (raw === undefined) return undefined;
    if (!bits) return this.types.wrap(raw, type);
    const part = BigInt.asUintN(bits.width, raw >> BigInt(bits.bit));
    return isSigned(type) ? BigInt.asIntN(bits.width, part) : part;
  }

  /** One line. */
  text(value: Value, depth = 0): string {
    const { type, address } = value;
    if (isRecord(type)) {
      if (address === undefined) return `${typeName(type)}`;
      if (type.tag === 'resource' && type.kind === 'struct') return this.#resource(address) ?? '{…}';
      return depth > 0 ? '{…}' : this.#members(value);
    }
    if (type.kind === 'array') {
      if (isCharacter(type.of) && address !== undefined) return quoted(this.machine.memory.readString(address, STRING));
      return `[${type.length ?? 0}]`;
    }
    if (type.kind === 'function') return address === undefined ? 'function' : this.machine.memory.describe(address);
    if (type.kind === 'void') return 'void';
    const scalar = this.scalar(value);
    if (scalar === undefined) return address === undefined ? '<not set yet>' : '<unreadable>';
    if (type.kind === 'pointer') return this.#pointer(type.to, BigInt.asUintN(64, scalar));
    if (type.kind === 'enum') {
      const name = type.names.find((n) => n.value === scalar)?.name;
      return name === undefined ? String(scalar) : `${name} (${scalar})`;
    }
    if (type.bool) return scalar === 0n ? 'false' : 'true';
    if (isCharacter(type) && scalar >= 32n && scalar < 127n)
      return `${scalar} '${String.fromCharCode(Number(scalar))}'`;
    return integer(scalar, type.size === 8 || !type.signed);
  }

  #pointer(to: CType, address: bigint): string {
    if (address === 0n) return 'NULL';
    const errno = BigInt.asIntN(64, address);
    if (errno < 0n && errno >= -4095n) return `ERR_PTR(${errnoName(Number(-errno))})`;
    const { memory } = this.machine;
    const name = memory.describe(address);
    // A literal is described by its text.
    if (isCharacter(to)) return name.startsWith('"') ? name : `${name} ${quoted(memory.readString(address, STRING))}`;
    if (to.kind === 'struct' && to.tag === 'resource') {
      const text = memory.objectAt(address)?.state === 'live' ? this.#resource(address) : undefined;
      if (text !== undefined) return `${name} ${text}`;
    }
    return name;
  }

  /** As the kernel's `%pR` shows it, with its name. */
  #resource(address: bigint): string | undefined {
    const layout = resourceLayout(this.machine.program);
    if (!layout) return undefined;
    const { memory } = this.machine;
    const read = (field: { readonly offset: bigint; readonly size: 1 | 2 | 4 | 8 }) =>
      memory.read(address + field.offset, field.size);
    const [start, end, flags, name] = [read(layout.start), read(layout.end), read(layout.flags), read(layout.name)];
    if (start === undefined || end === undefined || flags === undefined) return undefined;
    const text = name ? (memory.readString(name, STRING) ?? '') : '';
    const shown = resourceText({ start, end, flags }, false, 8);
    return text === '' ? shown : `${shown} ${text}`;
  }

  #members(value: Value): string {
    const shown: string[] = [];
    for (const { name, value: member } of this.children(value, 0, 4)) shown.push(`${name} = ${this.text(member, 1)}`);
    const count = this.count(value);
    return `{${shown.join(', ')}${count > shown.length ? ', …' : ''}}`;
  }

  /** How many children a value has: members, elements, or one thing that it points to. */
  count(value: Value): number {
    const { type } = value;
    if (isRecord(type)) return value.address === undefined ? 0 : (type.members?.length ?? 0);
    if (type.kind === 'array') return value.address === undefined ? 0 : (type.length ?? 0);
    if (type.kind !== 'pointer') return 0;
    const target = this.pointee(value);
    if (!target) return 0;
    return isRecord(target.type) ? this.count(target) : 1;
  }

  /** Children from the `start`-th on, with the expressions that lead to them from `path`. */
  children(
    value: Value,
    start = 0,
    count = PAGE,
  ): readonly { readonly name: string; readonly path: string; readonly value: Value }[] {
    const { type } = value;
    if (type.kind === 'pointer') {
      const target = this.pointee(value);
      if (!target) return [];
      if (isRecord(target.type))
        return this.children(target, start, count).map((c) => ({ ...c, path: c.path.replace(/^\./, '->') }));
      return [{ name: '*', path: '*', value: target }].slice(start, start + count);
    }
    if (value.address === undefined) return [];
    const { address } = value;
    if (isRecord(type))
      return (type.members ?? []).slice(start, start + count).map((member) => ({
        name: member.name ?? '<anonymous>',
        path: member.name === undefined ? '' : `.${member.name}`,
        value: memberOf(address, member),
      }));
    if (type.kind !== 'array') return [];
    const size = BigInt(this.types.sizeOf(type.of));
    const found = [];
    for (let i = start; i < Math.min(start + count, type.length ?? 0); i++)
      found.push({ name: `[${i}]`, path: `[${i}]`, value: { type: type.of, address: address + BigInt(i) * size } });
    return found;
  }

  /** What a pointer leads to, where that is an object that is alive. */
  pointee(value: Value): Value | undefined {
    if (value.type.kind !== 'pointer') return undefined;
    const { to } = value.type;
    const address = this.scalar(value);
    if (!address || to.kind === 'void' || to.kind === 'function') return undefined;
    const at = BigInt.asUintN(64, address);
    return this.machine.memory.objectAt(at)?.state === 'live' ? { type: to, address: at } : undefined;
  }
}

const memberOf = (address: bigint, member: Member): Value => ({
  type: member.type,
  address: address + BigInt(member.offset),
  ...(member.bits ? { bits: member.bits } : {}),
});

const isCharacter = (type: CType): boolean => type.kind === 'int' && type.size === 1 && !type.bool;

/** Addresses and flags are read in hexadecimal, counts in decimal. */
const integer = (value: bigint, wide: boolean): string =>
  wide && (value >= 4096n || value < -4096n) ? `0x${BigInt.asUintN(64, value).toString(16)} (${value})` : String(value);

function quoted(text: string | undefined): string {
  return text === undefined ? '<unreadable>' : JSON.stringify(text);
}
