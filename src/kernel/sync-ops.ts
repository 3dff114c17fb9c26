import type { MachineMemory, NativeEffect } from '../machine/api.ts';
import { behindWriter, dropping, isFair, taking } from './locks.ts';
import type { KernelState } from './state.ts';

/*
 * What natives do to other threads, told before they do it: for schedulers, which order what conflicts and leave alone what
 * commutes.
 */

type Effect = (args: readonly bigint[], thread: number, memory: MachineMemory) => NativeEffect | undefined;

/** RCU's read sections as one object. No object of C lies there. */
const rcuAddress = 1n;
/** Longest range that is taken at its word. */
const maxRange = 1n << 24n;

/** Effects by name of native. */
export function effects(state: KernelState): ReadonlyMap<string, Effect> {
  const table = new Map<string, Effect>();
  const held = (address: bigint, thread: number, forReading: boolean): boolean => {
    for (const [owner, context] of state.contexts) {
      // What the thread itself holds does not make it wait: taking it again is reported.
      if (owner === thread) continue;
      for (const h of context.held) if (h.address === address && (!forReading || h.mode === 'write')) return true;
    }
    return false;
  };
  const own = (address: bigint, thread: number, forReading = false): boolean =>
    state.context(thread).held.some((h) => h.address === address && (!forReading || h.mode === 'write'));

  for (const [name, take] of taking) {
    const shared = take.mode === 'read';
    table.set(name, ([address = 0n], thread) => {
      // Whether it succeeds depends on the order with every other holder.
      if (take.trying) {
        const fails =
          held(address, thread, shared) ||
          own(address, thread, shared) ||
          (shared && behindWriter(state, address, thread));
        return { kind: 'write', address, size: 1, ...(fails ? {} : { takes: shared ? 'shared' : 'exclusive' }) };
      }
      const kind = shared ? 'acquire-shared' : 'acquire';
      const waits =
        (held(address, thread, shared) && !own(address, thread)) || (shared && behindWriter(state, address, thread));
      return { kind, address, size: 1, ...(waits ? { waits } : {}), ...(isFair(take) ? { queues: true } : {}) };
    });
  }
  for (const [name, { mode }] of dropping)
    table.set(name, ([address = 0n]) => ({
      kind: mode === 'read' ? 'release-shared' : 'release',
      address,
      size: 1,
    }));
  table.set('downgrade_write', ([address = 0n]) => ({ kind: 'release', address, size: 1, takes: 'shared' }));
  // Whether somebody holds the lock then follows from the order with those who take it.
  table.set('__iomem_lock_init', ([address = 0n]) => ({ kind: 'write', address, size: 1 }));
  table.set('__iomem_lock_is_held', ([address = 0n, how = 0n]) =>
    how === 2n ? { kind: 'read', address, size: 1 } : undefined,
  );

  // A sleeper waits for the state that a waker sets, as for a lock.
  table.set('__iomem_park', ([address = 0n], _thread, memory) => ({
    kind: 'acquire-shared',
    address,
    size: 4,
    ...(memory.read(address, 4) === 0n ? {} : { waits: true }),
  }));
  table.set('__iomem_unpark', ([address = 0n]) => ({ kind: 'release', address, size: 4 }));

  table.set('rcu_read_lock', () => ({ kind: 'acquire-shared', address: rcuAddress, size: 1 }));
  table.set('rcu_read_unlock', () => ({ kind: 'release-shared', address: rcuAddress, size: 1 }));
  table.set('__iomem_wait_for_readers', (_args, thread) => {
    const waits = [...state.contexts].some(([other, { rcu }]) => other !== thread && rcu.length > 0);
    // Inside a read section of its own it never returns, which is reported.
    const mine = state.context(thread).rcu.length > 0;
    return { kind: 'acquire', address: rcuAddress, size: 1, ...(waits && !mine ? { waits } : {}) };
  });

  for (const name of ['add', 'add_unless', 'and', 'or', 'xor', 'xchg', 'cmpxchg'])
    table.set(`__iomem_atomic_${name}`, ([address = 0n, bytes = 0n]) => ({
      kind: 'write',
      address,
      size: Number(bytes & 15n),
    }));

  const whole: Effect = ([address = 0n], _thread, memory) => {
    const object = memory.objectAt(address);
    return object && { kind: 'access', address: object.base, size: object.size, writes: true };
  };
  for (const name of ['kfree', 'kfree_sensitive', 'kvfree', 'vfree', 'krealloc', 'krealloc_array', '__iomem_kvrealloc'])
    table.set(name, whole);
  const range = (size: bigint | undefined): number => Number(size === undefined || size > maxRange ? maxRange : size);
  const moved: Effect = ([to = 0n, from = 0n, size]) =>
    size === 0n ? undefined : { kind: 'access', address: to, size: range(size), writes: true, from };
  table.set('memcpy', moved);
  table.set('memmove', moved);
  table.set('memset', ([to = 0n, , size]) =>
    size === 0n ? undefined : { kind: 'access', address: to, size: range(size), writes: true },
  );
  table.set('memcmp', ([a = 0n, b = 0n, size]) =>
    size === 0n ? undefined : { kind: 'access', address: a, size: range(size), from: b },
  );
  return table;
}

/** Natives with effects that do not synchronise. */
export const accessing: ReadonlySet<string> = new Set([
  'kfree',
  'kfree_sensitive',
  'kvfree',
  'vfree',
  'krealloc',
  'krealloc_array',
  '__iomem_kvrealloc',
  'memcpy',
  'memmove',
  'memset',
  'memcmp',
]);
