import type {
  AllocationKind,
  MachineEvent,
  MachineMemory,
  MachineRule,
  Native,
  NativeCall,
} from '../../../src/machine/api.ts';

interface FakeObject {
  readonly base: bigint;
  readonly bytes: Uint8Array;
  readonly kind: AllocationKind;
  readonly name: string;
  freed: boolean;
}

/** A machine's memory and calls, as far as natives need them: objects far apart, checks that report. */
export class FakeMachine {
  readonly objects: FakeObject[] = [];
  readonly problems: { rule: MachineRule; message: string; fatal: boolean }[] = [];
  readonly events: MachineEvent[] = [];
  readonly woken: string[] = [];
  readonly memory: MachineMemory;
  #next = 0x10_0000_0000n;

  constructor(wordSize: 4 | 8 = 8) {
    const find = (address: bigint): FakeObject | undefined =>
      this.objects.find((o) => address >= o.base && address < o.base + BigInt(o.bytes.length));
    const view = (o: FakeObject): DataView => new DataView(o.bytes.buffer);
    this.memory = {
      wordSize,
      pointers: () => [],
      read: (address, size) => {
        const o = find(address);
        if (!o) return undefined;
        let value = 0n;
        for (let i = size - 1; i >= 0; i--)
          value = (value << 8n) | BigInt(view(o).getUint8(Number(address - o.base) + i));
        return value;
      },
      write: (address, size, value) => {
        const o = find(address)!;
        for (let i = 0; i < size; i++) {
          view(o).setUint8(Number(address - o.base) + i, Number((value >> BigInt(8 * i)) & 0xffn));
        }
      },
      readWords: (_, count) => new BigUint64Array(count),
      writeWords: () => {},
      readString: (address, max = 4096) => {
        const o = find(address);
        if (!o) return undefined;
        const from = Number(address - o.base);
        const end = o.bytes.indexOf(0, from);
        return new TextDecoder().decode(o.bytes.slice(from, Math.min(end < 0 ? o.bytes.length : end, from + max)));
      },
      allocate: (size, kind) => this.object(size, kind, `heap#${this.objects.length + 1}`),
      addressOfGlobal: () => 0n,
      addressOfFunction: () => 0n,
      functionAt: () => undefined,
      objectAt: (address) => {
        const o = find(address);
        return (
          o && { base: o.base, size: o.bytes.length, name: o.name, state: o.freed ? 'freed' : 'live', kind: o.kind }
        );
      },
      describe: (address) => {
        if (address === 0n) return 'NULL';
        const o = find(address);
        return o ? `${o.name}${address === o.base ? '' : `+${address - o.base}`}` : `0x${address.toString(16)}`;
      },
    };
  }

  object(size: number, kind: AllocationKind = 'internal', name = 'object'): bigint {
    const base = this.#next;
    this.#next += BigInt(size) + 0x1_0000n;
    this.objects.push({ base, bytes: new Uint8Array(size), kind, name, freed: false });
    return base;
  }
  string(text: string): bigint {
    const bytes = new TextEncoder().encode(text);
    const at = this.object(bytes.length + 1, 'internal', 'string');
    this.objects.at(-1)!.bytes.set(bytes);
    return at;
  }
  /** Arguments of a variadic call. */
  cells(...values: bigint[]): bigint {
    const at = this.object(8 * values.length + 8, 'internal', 'cells');
    values.forEach((value, i) => {
      this.memory.write(at + BigInt(8 * i), 8, BigInt.asUintN(64, value));
    });
    return at;
  }

  /** Calls a native; answers its result, or how it blocked or ended. */
  call(native: Native, args: readonly (bigint | number)[], thread = 0, retries = 0): bigint | 'blocked' | 'killed' {
    let answer = 0n;
    const usable = (address: bigint, size: number): boolean => {
      const o = this.objects.find((it) => address >= it.base && address < it.base + BigInt(it.bytes.length));
      if (o && !o.freed && address + BigInt(size) <= o.base + BigInt(o.bytes.length)) return true;
      const rule = address < 4096n ? 'null-dereference' : o?.freed ? 'use-after-free' : 'out-of-bounds';
      this.problems.push({ rule, message: '', fatal: true });
      return false;
    };
    const call: NativeCall = {
      thread,
      nameOf: (id) => `thread ${id}`,
      loc: 0,
      memory: this.memory,
      arg: (i) => BigInt.asUintN(64, BigInt(args[i]!)),
      argInt: (i) => Number(BigInt.asIntN(32, BigInt(args[i]!))),
      result: (value) => {
        answer = BigInt(value);
      },
      stack: () => [],
      problem: (rule, message, options) => this.problems.push({ rule, message, fatal: options?.fatal === true }),
      event: (event) => this.events.push(event),
      free: (address) => {
        const o = this.objects.find((it) => it.base === address);
        if (!o) this.problems.push({ rule: 'invalid-free', message: '', fatal: false });
        else if (o.freed) this.problems.push({ rule: 'double-free', message: '', fatal: false });
        else o.freed = true;
      },
      wake: (key) => this.woken.push(key),
      retries,
      options: {},
      setInitialised: () => {},
      check: usable,
      copy: (to, from, size) => {
        if (!usable(to, size) || !usable(from, size)) return;
        const values = Array.from({ length: size }, (_, i) => this.memory.read(from + BigInt(i), 1)!);
        values.forEach((value, i) => {
          this.memory.write(to + BigInt(i), 1, value);
        });
      },
    };
    const result = native(call);
    if (!result) return answer;
    return 'kill' in result ? 'killed' : 'blocked';
  }
}
