import type { AllocationKind, Native, NativeCall, NativeResult } from '../machine/api.ts';
import { type KernelState, mustBeAbleToSleep } from './state.ts';

/*
 * The heap. kmalloc() and its kin make `slab` objects, vmalloc() and whole pages do not: PageSlab() tells them apart, and
 * each has its own way back. An allocation that may sleep (it can reclaim memory) must not happen in atomic context; one
 * that may fail is counted, and the n-th (and so many after it) fails where fault injection says so.
 */

/** Bits of include/linux/gfp.h. */
const gfpZero = 0x100n;
const gfpDirectReclaim = 0x400n;
const gfpNoFail = 0x8000n;
/** What kmalloc() answers for 0 bytes: not NULL, not to be touched. */
const zeroSize = 16n;
/** Sizes from here are taken for overflow: no profile has so much memory. */
const tooMuch = 1n << 40n;
const kmallocLimit = 4n << 20n;

export function heapNatives(state: KernelState): Map<string, Native> {
  const make =
    (name: string, sizeOf: (call: NativeCall) => bigint, gfpArg: number, options: Options): Native =>
    (call) => {
      const gfp = gfpArg < 0 ? gfpDirectReclaim : call.arg(gfpArg);
      const { kind, limit, zero = false } = options;
      call.result(allocate(state, call, { kind, limit, zero, name, size: sizeOf(call), gfp }));
    };
  const first = (call: NativeCall): bigint => call.arg(0);
  const product = (call: NativeCall): bigint => call.arg(0) * call.arg(1);
  const slab: Options = { kind: 'slab', limit: kmallocLimit };
  const large: Options = { kind: 'slab', limit: tooMuch };
  const mapped: Options = { kind: 'vmalloc', limit: tooMuch };
  return new Map<string, Native>([
    ['kmalloc', make('kmalloc', first, 1, slab)],
    ['kzalloc', make('kzalloc', first, 1, { ...slab, zero: true })],
    ['kmalloc_array', make('kmalloc_array', product, 2, slab)],
    ['kcalloc', make('kcalloc', product, 2, { ...slab, zero: true })],
    ['kvmalloc', make('kvmalloc', first, 1, large)],
    ['kvzalloc', make('kvzalloc', first, 1, { ...large, zero: true })],
    ['kvmalloc_array', make('kvmalloc_array', product, 2, large)],
    ['kvcalloc', make('kvcalloc', product, 2, { ...large, zero: true })],
    ['vmalloc', make('vmalloc', first, -1, mapped)],
    ['vzalloc', make('vzalloc', first, -1, { ...mapped, zero: true })],
    ['krealloc', (call) => reallocate(state, call, 'krealloc', call.arg(1), call.arg(2), slab)],
    [
      'krealloc_array',
      (call) => reallocate(state, call, 'krealloc_array', call.arg(1) * call.arg(2), call.arg(3), slab),
    ],
    ['__iomem_kvrealloc', (call) => reallocate(state, call, 'kvrealloc', call.arg(1), call.arg(2), large)],
    ['kfree', (call) => release(call, 'kfree', 'slab')],
    ['kfree_sensitive', (call) => release(call, 'kfree_sensitive', 'slab')],
    ['kvfree', (call) => release(call, 'kvfree', undefined)],
    ['vfree', (call) => release(call, 'vfree', 'vmalloc')],
    ['ksize', (call) => call.result(BigInt(call.memory.objectAt(call.arg(0))?.size ?? 0))],
    ['is_vmalloc_addr', (call) => call.result(call.memory.objectAt(call.arg(0))?.kind === 'vmalloc')],
    ['__iomem_is_slab', (call) => call.result(call.memory.objectAt(call.arg(0))?.kind === 'slab')],
    ['__iomem_is_live', (call) => call.result(call.memory.objectAt(call.arg(0))?.state === 'live')],
    [
      '__iomem_early_alloc',
      (call) => call.result(call.memory.allocate(Number(call.arg(0) & 0xffff_ffffn), 'bootmem', true)),
    ],
    [
      '__iomem_internal_alloc',
      (call) => call.result(call.memory.allocate(Number(call.arg(0) & 0xffff_ffffn), 'internal', true)),
    ],
  ]);
}

interface Options {
  readonly kind: AllocationKind;
  readonly limit: bigint;
  readonly zero?: boolean;
}
interface Request extends Options {
  readonly name: string;
  readonly size: bigint;
  readonly gfp: bigint;
}

/** The object's address, or 0. */
function allocate(state: KernelState, call: NativeCall, request: Request): bigint {
  const { name, size, gfp, kind } = request;
  if (gfp & gfpDirectReclaim)
    mustBeAbleToSleep(state, call, () => `${name}() with a flag that allows it to reclaim memory`);
  if (size === 0n) return zeroSize;
  if (size > request.limit) return 0n;
  if (!(gfp & gfpNoFail)) {
    state.allocations++;
    const first = state.failAt ?? call.options.failAllocation;
    if (first !== undefined && state.allocations >= first && state.allocations < first + state.failCount) {
      call.event({
        kind: 'note',
        text: `${name}() of ${size} bytes fails: injected`,
        thread: call.thread,
        loc: call.loc,
      });
      return 0n;
    }
  }
  return call.memory.allocate(Number(size), kind, request.zero === true || (gfp & gfpZero) !== 0n);
}

function reallocate(
  state: KernelState,
  call: NativeCall,
  name: string,
  size: bigint,
  gfp: bigint,
  options: Options,
): NativeResult {
  const old = call.arg(0);
  const request = { ...options, name, size, gfp };
  if (old === 0n || old === zeroSize) {
    call.result(allocate(state, call, request));
    return;
  }
  if (size === 0n) {
    call.free(old);
    call.result(zeroSize);
    return;
  }
  if (!call.check(old, 1, false)) return { kill: true };
  const object = call.memory.objectAt(old);
  if (!object) return { kill: true };
  const fresh = allocate(state, call, request);
  if (fresh !== 0n) {
    call.copy(fresh, old, Math.min(object.size, Number(size)));
    call.free(old);
  }
  call.result(fresh);
}

/** `kind`: the only one that this function may free; undefined: either. */
function release(call: NativeCall, name: string, kind: AllocationKind | undefined): void {
  const address = call.arg(0);
  if (address === 0n || address === zeroSize) return;
  const object = call.memory.objectAt(address);
  if (object?.state === 'live' && object.base === address && object.kind !== undefined) {
    const { kind: actual } = object;
    const fits = kind === undefined ? actual === 'slab' || actual === 'vmalloc' : actual === kind;
    if (!fits) {
      call.problem('invalid-free', `${name}() of ${object.name}, which is ${origins[actual]}`);
      return;
    }
  }
  call.free(address);
}

const origins: Readonly<Record<AllocationKind, string>> = {
  slab: 'memory of kmalloc()',
  vmalloc: 'memory of vmalloc()',
  bootmem: 'early memory that never came from the heap',
  internal: 'not memory of the heap',
};
