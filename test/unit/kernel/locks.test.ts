import assert from 'node:assert/strict';
import { kernelNatives } from '../../../src/kernel/natives.ts';
import { FakeMachine } from './fake-call.ts';

interface World {
  readonly machine: FakeMachine;
  readonly lock: bigint;
  on(thread: number, name: string, ...args: (bigint | number)[]): bigint | 'blocked' | 'killed';
  rules(): string[];
}
function world(): World {
  const machine = new FakeMachine();
  const table = kernelNatives();
  const lock = machine.object(4, 'internal', 'resource_lock');
  return {
    machine,
    lock,
    on: (thread, name, ...args) => machine.call(table.functions.get(name)!, args.length ? args : [lock], thread),
    rules: () => machine.problems.map((p) => p.rule),
  };
}

describe('locks', () => {
  it('readers share, a writer waits for them and they for it', () => {
    const w = world();
    assert.equal(w.on(1, 'read_lock'), 0n);
    assert.equal(w.on(2, 'read_lock'), 0n);
    assert.equal(w.on(3, 'write_lock'), 'blocked');
    w.on(1, 'read_unlock');
    w.on(2, 'read_unlock');
    assert.equal(w.machine.woken.length, 2);
    assert.equal(w.on(3, 'write_lock'), 0n);
    assert.equal(w.on(1, 'read_lock'), 'blocked');
    assert.equal(w.on(1, 'read_trylock'), 0n);
    assert.deepEqual(w.rules(), []);
  });
  it('read in read of an rwlock is allowed, everything else in itself is not', () => {
    for (const [first, second, ok] of [
      ['read_lock', 'read_lock', true],
      ['write_lock', 'read_lock', false],
      ['read_lock', 'write_lock', false],
      ['write_lock', 'write_lock_bh', false],
      ['spin_lock', '__iomem_spin_lock_irqsave', false],
      ['mutex_lock', 'mutex_lock_interruptible', false],
      ['down_write', 'down_read', false],
    ] as const) {
      const w = world();
      w.on(1, first);
      assert.equal(w.on(1, second), ok ? 0n : 'killed', `${second} in ${first}`);
      assert.deepEqual(w.rules(), ok ? [] : ['recursive-lock']);
    }
  });
  it('read in read of a semaphore is reported and goes on', () => {
    const w = world();
    w.on(1, 'down_read');
    assert.equal(w.on(1, 'down_read'), 0n);
    assert.deepEqual(
      w.machine.problems.map((p) => [p.rule, p.fatal]),
      [['recursive-lock', false]],
    );
  });
  it('trying never waits', () => {
    const w = world();
    assert.equal(w.on(1, 'spin_trylock'), 1n);
    assert.equal(w.on(1, 'spin_trylock'), 0n);
    assert.equal(w.on(2, 'spin_trylock'), 0n);
    assert.deepEqual(w.rules(), []);
  });
  it('only the holder gives back, in the mode it took', () => {
    const w = world();
    w.on(1, 'read_unlock');
    w.on(1, 'write_lock');
    w.on(1, 'read_unlock');
    w.on(2, 'write_unlock');
    assert.deepEqual(w.rules(), ['unlock-not-held', 'unlock-not-held', 'unlock-not-held']);
    const texts = w.machine.problems.map((p) => p.message);
    assert.match(texts[0]!, /nobody holds it/);
    assert.match(texts[1]!, /held for writing, not for reading/);
    assert.match(texts[2]!, /by thread 1/);
    w.on(1, 'write_unlock');
    assert.equal(w.on(2, 'write_lock'), 0n);
  });
  it('downgrade_write lets readers in', () => {
    const w = world();
    w.on(1, 'down_write');
    assert.equal(w.on(2, 'down_read'), 'blocked');
    w.on(1, 'downgrade_write');
    assert.equal(w.on(2, 'down_read'), 0n);
    w.on(1, 'up_read');
    assert.deepEqual(w.rules(), []);
  });
  it('sleeping in atomic context names the lock', () => {
    const w = world();
    w.on(1, 'write_lock');
    const mutex = w.machine.object(4, 'internal', 'm');
    w.on(1, 'mutex_lock', mutex);
    w.on(1, 'kzalloc', 64, 0x4c0 | 0x800);
    w.on(1, 'kzalloc', 64, 0x820);
    assert.deepEqual(w.rules(), ['sleep-in-atomic', 'sleep-in-atomic']);
    assert.match(w.machine.problems[0]!.message, /mutex_lock\(&m\) may sleep while resource_lock is held for writing/);
  });
  it('a mutex does not make the context atomic', () => {
    const w = world();
    w.on(1, 'mutex_lock');
    w.on(1, 'kzalloc', 64, 0xcc0);
    assert.deepEqual(w.rules(), []);
  });
  it('a lock in freed memory is a use after free', () => {
    const w = world();
    w.machine.objects[0]!.freed = true;
    assert.equal(w.on(1, 'spin_lock'), 'killed');
    assert.deepEqual(w.rules(), ['use-after-free']);
  });
  it('snapshots bring back who holds what', () => {
    const machine = new FakeMachine();
    const table = kernelNatives();
    const lock = machine.object(4);
    const saved = table.state.map((s) => s.save());
    machine.call(table.functions.get('spin_lock')!, [lock], 1);
    table.state.forEach((s, i) => {
      s.restore(saved[i]);
    });
    assert.equal(machine.call(table.functions.get('spin_lock')!, [lock], 2), 0n);
  });
});

describe('RCU', () => {
  it('waits for the sections that were open, not for later ones', () => {
    const machine = new FakeMachine();
    const table = kernelNatives();
    const on = (thread: number, name: string, retries = 0): unknown =>
      machine.call(table.functions.get(name)!, [], thread, retries);
    on(1, 'rcu_read_lock');
    assert.equal(on(2, '__iomem_wait_for_readers'), 'blocked');
    on(1, 'rcu_read_unlock');
    on(1, 'rcu_read_lock');
    assert.equal(on(2, '__iomem_wait_for_readers', 1), 0n);
    assert.equal(on(1, '__iomem_wait_for_readers'), 'killed');
    assert.deepEqual(
      machine.problems.map((p) => p.rule),
      ['deadlock'],
    );
  });
});

describe('the heap', () => {
  it('kmalloc and vmalloc memory have their own ways back', () => {
    const machine = new FakeMachine();
    const { functions } = kernelNatives();
    const on = (name: string, ...args: (bigint | number)[]): bigint => {
      const result = machine.call(functions.get(name)!, args);
      assert.ok(typeof result === 'bigint');
      return result;
    };
    const slab = on('kmalloc', 8, 0);
    const mapped = on('vmalloc', 8);
    assert.equal(on('__iomem_is_slab', slab), 1n);
    assert.equal(on('__iomem_is_slab', mapped), 0n);
    on('vfree', slab);
    on('kfree', mapped);
    assert.deepEqual(
      machine.problems.map((p) => p.rule),
      ['invalid-free', 'invalid-free'],
    );
    on('kvfree', slab);
    on('vfree', mapped);
    on('kfree', 0);
    on('kfree', on('kmalloc', 0, 0));
    assert.equal(machine.problems.length, 2);
  });
  it('sizes that overflow fail', () => {
    const machine = new FakeMachine();
    const { functions } = kernelNatives();
    assert.equal(machine.call(functions.get('kcalloc')!, [1n << 40n, 1n << 40n, 0]), 0n);
    assert.equal(machine.call(functions.get('kzalloc')!, [(1n << 64n) - 1n, 0]), 0n);
  });
  it('the n-th allocation that may fail fails', () => {
    const machine = new FakeMachine();
    const table = kernelNatives();
    const alloc = (gfp: number): boolean => machine.call(table.functions.get('kmalloc')!, [8, gfp]) !== 0n;
    table.failAllocation(2);
    assert.deepEqual([alloc(0), alloc(0x8000), alloc(0), alloc(0)], [true, true, false, true]);
    assert.equal(table.allocations(), 3);
  });
  it('krealloc keeps what fits', () => {
    const machine = new FakeMachine();
    const { functions } = kernelNatives();
    const old = machine.call(functions.get('kmalloc')!, [4, 0]) as bigint;
    machine.memory.write(old, 4, 0x0403_0201n);
    const grown = machine.call(functions.get('krealloc')!, [old, 8, 0]) as bigint;
    assert.equal(machine.memory.read(grown, 4), 0x0403_0201n);
    assert.equal(machine.memory.objectAt(old)?.state, 'freed');
  });
});
