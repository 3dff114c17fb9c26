import { CodedError } from '../../base/errors.ts';
import type { Expr, FunctionBody, Instr } from '../../c/ir.ts';
import type { ArchProfile } from '../../model/api.ts';
import type { World } from '../world.ts';

/** Numbers worth trying, from the code and from the machine. */
export interface Dictionary {
  /** Addresses that things happen at: limits of the machine, constants of the code. */
  readonly anchors: readonly bigint[];
  /** Powers of two that sizes and alignments are multiples of. */
  readonly units: readonly bigint[];
  readonly flags: readonly bigint[];
  readonly descs: readonly bigint[];
  /** All other constants that the code compares or computes with. */
  readonly numbers: readonly bigint[];
}

const U64 = (1n << 64n) - 1n;
const MEMORY = 0x200n;
/** Types, what extends them, and what they are marked with. */
const FLAG_BITS = 0xffe0_1f00n;

/** What resources are marked with (include/linux/ioport.h), as far as the code under review asks for it. */
const commonFlags = [
  0x200n, // MEM
  0x80000200n, // MEM | BUSY
  0x81000200n, // SYSTEM_RAM | BUSY
  0x01000200n, // SYSTEM_RAM
  0x88000200n, // MEM | BUSY | EXCLUSIVE
  0x80400200n, // MEM | BUSY | MUXED
  0x83000200n, // SYSTEM_RAM | BUSY, managed by a driver
  0n,
];

/** Constants in the lowered code of these functions, before and after. */
export function dictionaryOf(
  worlds: Readonly<Record<'before' | 'after', World>>,
  functions: Readonly<Record<'before' | 'after', Iterable<number>>>,
  profile: ArchProfile,
): Dictionary {
  const numbers = new Set<bigint>();
  const masks = new Set<bigint>();
  for (const which of ['before', 'after'] as const) {
    const { program } = worlds[which].compiled;
    for (const func of functions[which]) {
      const body = bodyOf(() => program.functions[func]?.body());
      if (body) collect(body, numbers, masks);
    }
  }
  const all = [...numbers].filter((n) => n > 1n).sort(compare);
  const top = profile.physmemEnd + 1n;
  // The first MiB, the first 4 GiB and the ends of the space are treated apart in many places.
  const anchors = new Set<bigint>([
    0x100000000000n,
    top,
    0n,
    1n << 20n,
    1n << 32n,
    1n << BigInt(profile.maxPhysmemBits),
    1n << 63n,
  ]);
  const units = new Set<bigint>([0x1000n, 1n << BigInt(profile.sectionSizeBits), 0x100000n, 1n, 0x10n]);
  for (const n of all) {
    if (n >= 0x1000n && n < U64 - 0x1000n) {
      if ((n & (n - 1n)) === 0n && n <= 1n << 40n) units.add(n);
      else if (((n + 1n) & n) === 0n) anchors.add(n + 1n);
      else anchors.add(n);
    }
  }
  // A mask may be a variable that is given its value first: what has the bits of resources' flags may be one.
  const given = all.filter((n) => n >= 0x100n && n <= 0xffff_ffffn && (n & FLAG_BITS) === n).map((n) => n | MEMORY);
  const narrow = (n: bigint): bigint => (profile.physAddrBits === 32 ? BigInt.asUintN(32, n) : n);
  return {
    anchors: [...new Set([...anchors].map(narrow))],
    units: [...units],
    flags: [...new Set([...commonFlags, ...[...masks].filter((m) => m <= 0xffff_ffffn).sort(compare), ...given])],
    descs: [0n, ...all.filter((n) => n < 16n), 1n],
    numbers: [0n, 1n, ...all, U64],
  };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function bodyOf(get: () => FunctionBody | undefined): FunctionBody | undefined {
  try {
    return get();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return undefined;
  }
}

function collect(body: FunctionBody, numbers: Set<bigint>, masks: Set<bigint>): void {
  const visit = (root: Expr): void => {
    const stack: Expr[] = [root];
    for (let e = stack.pop(); e; e = stack.pop()) {
      switch (e.op) {
        case 'i32':
          numbers.add(BigInt(e.value >>> 0));
          break;
        case 'i64':
          numbers.add(BigInt.asUintN(64, e.value));
          break;
        case 'unary':
        case 'convert':
          stack.push(e.a);
          break;
        case 'binary': {
          const bits = e.fn === 'and' || e.fn === 'or' || e.fn === 'xor';
          for (const side of [e.a, e.b]) {
            const value =
              side.op === 'i32'
                ? BigInt(side.value >>> 0)
                : side.op === 'i64'
                  ? BigInt.asUintN(64, side.value)
                  : undefined;
            if (bits && value !== undefined) masks.add(value);
            else stack.push(side);
          }
          break;
        }
        case 'select':
          stack.push(e.cond, e.a, e.b);
          break;
      }
    }
  };
  const instr = (i: Instr): void => {
    if (i.op === 'set' || i.op === 'store') visit(i.value);
    else if (i.op === 'call') for (const arg of i.args) visit(arg);
  };
  for (const block of body.blocks) {
    for (const i of block.instrs) instr(i);
    const { end } = block;
    if (end.op === 'branch') visit(end.cond);
    else if (end.op === 'switch')
      for (const c of end.cases) for (const n of [c.low, c.high]) numbers.add(BigInt.asUintN(64, n));
    else if (end.op === 'return' && end.value) visit(end.value);
  }
}
