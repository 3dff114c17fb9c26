import type { HeapObject, Machine } from '../machine/api.ts';

/**
 * Heap objects, allocated after `baseline`, that nothing points to any more: neither a global, nor an object that was
 * there before, nor (through any chain) an object that those reach. Any aligned word that holds an address inside an
 * object counts as a pointer to it, as in the kernel's own kmemleak (Documentation/dev-tools/kmemleak.rst), so that what is
 * reported is lost for certain. To be called when no thread is running: stacks are not searched.
 *
 * Time is linear in the bytes of globals and live objects.
 */
export function findLeaks(machine: Machine, baseline: number): readonly HeapObject[] {
  const { memory, program } = machine;
  const live = [...machine.liveObjects()].sort((a, b) => (a.address < b.address ? -1 : 1));
  const suspects = live.filter((o) => o.id > baseline && (o.kind === 'slab' || o.kind === 'vmalloc'));
  if (suspects.length === 0) return [];
  const origin = suspects[0]!.address;
  const starts = suspects.map((o) => Number(o.address - origin));
  const last = suspects.at(-1)!;
  const span = Number(last.address - origin) + last.size;
  const reached = new Set<HeapObject>();
  const queue: HeapObject[] = [];

  const word = memory.wordSize;
  const scan = (base: bigint, size: number): void => {
    for (const distance of memory.pointers(base, size, origin, span)) {
      const object = objectAt(suspects, starts, distance);
      if (object && !reached.has(object)) {
        reached.add(object);
        queue.push(object);
      }
    }
  };
  program.globals.forEach((global, index) => {
    if (!global.string && !global.external && global.size >= word) scan(memory.addressOfGlobal(index), global.size);
  });
  const suspectSet = new Set(suspects);
  for (const object of live) if (!suspectSet.has(object)) scan(object.address, object.size);
  for (let next = queue.pop(); next; next = queue.pop()) scan(next.address, next.size);
  return suspects.filter((o) => !reached.has(o));
}

/** The object that `offset` lies in or just behind (a pointer one past the end still points at its object). */
function objectAt(objects: readonly HeapObject[], starts: readonly number[], offset: number): HeapObject | undefined {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  const object = objects[low];
  return object && offset >= starts[low]! && offset <= starts[low]! + object.size ? object : undefined;
}
