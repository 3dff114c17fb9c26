import assert from 'node:assert/strict';
import { Lockstep } from '../../../src/extension/debug/lockstep.ts';

describe('Two sessions that move together', () => {
  const pair = () => {
    const told: string[] = [];
    const lockstep = new Lockstep<string, number>(['before', 'after'], (stops) => {
      told.push(stops.map(([who, stop]) => `${who} ${stop}`).join(', '));
    });
    return { told, lockstep };
  };

  it('are told of their stops when both stand, whoever was faster', () => {
    const { told, lockstep } = pair();
    lockstep.begin();
    assert.ok(lockstep.stopped('before', 1));
    assert.deepEqual(told, []);
    assert.ok(lockstep.stopped('after', 2));
    lockstep.begin();
    assert.ok(lockstep.stopped('after', 4));
    assert.ok(lockstep.stopped('before', 3));
    assert.deepEqual(told, ['before 1, after 2', 'after 4, before 3']);
  });

  it('stay together when a movement is asked for before the last one is done', () => {
    const { told, lockstep } = pair();
    lockstep.begin();
    lockstep.begin();
    for (const [who, stop] of [
      ['before', 1],
      ['before', 2],
      ['after', 1],
    ] as const)
      assert.ok(lockstep.stopped(who, stop));
    // After one movement of two, the stops are not of one moment.
    assert.deepEqual(told, []);
    assert.ok(lockstep.stopped('after', 2));
    assert.deepEqual(told, ['before 2, after 2']);
  });

  it('leave stops alone that come of something else, and those after a pause', () => {
    const { told, lockstep } = pair();
    assert.ok(!lockstep.stopped('before', 1));
    lockstep.begin();
    assert.ok(lockstep.stopped('before', 2));
    lockstep.giveUp();
    assert.ok(!lockstep.stopped('before', 2));
    assert.ok(!lockstep.stopped('after', 7));
    assert.deepEqual(told, []);
    lockstep.begin();
    assert.ok(lockstep.stopped('after', 8));
    assert.deepEqual(told, []);
    assert.ok(lockstep.stopped('before', 3));
    assert.deepEqual(told, ['after 8, before 3']);
  });

  it('let the one go on alone whose partner is gone, with the stop that was held back', () => {
    const { told, lockstep } = pair();
    lockstep.begin();
    assert.ok(lockstep.stopped('before', 1));
    lockstep.leave('after');
    assert.deepEqual(told, ['before 1']);
  });
});
