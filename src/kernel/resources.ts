import type { Loc } from '../c/token.ts';
import type { Machine, MachineEvent, StackEntry } from '../machine/api.ts';
import type { MachineResource } from '../model/api.ts';
import { resourceText } from './format.ts';
import { type Field, type ResourceLayout, resourceLayout } from './layout.ts';

/*
 * Resource trees in the machine's memory: built before anything runs, read and judged when it has run. Fields are found by
 * name, so that any kernel's struct resource will do.
 */

/** One node of the tree as it lies in memory. */
export interface ResourceNode {
  readonly address: bigint;
  /** The empty string where the pointer is NULL; `<freed>` and the like where it cannot be read. */
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly flags: bigint;
  readonly desc: number;
  /** `machine`: there from the beginning. */
  readonly from: 'machine' | 'scenario';
  readonly children: readonly ResourceNode[];
}

/** Global variables that are roots of trees; the last one since 7.0. */
const roots = ['iomem_resource', 'ioport_resource', 'soft_reserve_resource'] as const;
export type Root = (typeof roots)[number];
/** More nodes than this are not followed: a cycle of fresh nodes cannot be, but memory is bounded all the same. */
const maxNodes = 1 << 20;
const maxProblems = 20;

/**
 * Puts the machine's resources below `iomem_resource`, as objects that were there before the kernel's heap was. Equal
 * names share one string, as string constants do in the kernel, which compares them by pointer. Does nothing in a program
 * without that root.
 */
export function buildTree(machine: Machine, resources: readonly MachineResource[]): void {
  const memory = new TreeMemory(machine);
  const root = memory.root('iomem_resource');
  if (root === undefined || !memory.layout || resources.length === 0) return;
  const names = new Map<string, bigint>();
  const pending: { readonly parent: bigint; readonly children: readonly MachineResource[] }[] = [
    { parent: root, children: resources },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    // What initcalls have put there already keeps its place.
    const links: { readonly address: bigint; readonly start: bigint }[] = memory.childrenOf(next.parent);
    for (const resource of next.children) {
      const address = memory.make(resource, next.parent, names);
      links.push({ address, start: resource.start });
      pending.push({ parent: address, children: resource.children });
    }
    links.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    links.forEach(({ address }, i) => {
      memory.set(address, memory.layout!.sibling, links[i + 1]?.address ?? 0n);
    });
    memory.set(next.parent, memory.layout.child, links[0]?.address ?? 0n);
  }
}

/** The nodes below a root, in order. A node that is met again, or was freed, is left out with what is below it. */
export function readTree(machine: Machine, root: Root = 'iomem_resource'): readonly ResourceNode[] {
  return new TreeMemory(machine).walk(root).nodes;
}

/**
 * What is wrong with the trees, as events to report: children not sorted, overlapping, outside their parent, with a wrong
 * parent pointer; nodes that were freed or stand in two places. At most {@link maxProblems}.
 */
export function checkTree(machine: Machine): readonly MachineEvent[] {
  const memory = new TreeMemory(machine);
  const problems: Problem[] = [];
  for (const root of roots) problems.push(...memory.walk(root).problems);
  const made = new Map(machine.liveObjects().map((object) => [object.address, object]));
  return problems.slice(0, maxProblems).map(({ message, address }): MachineEvent => {
    const object = made.get(address);
    return {
      kind: 'problem',
      rule: 'tree-invariant',
      message,
      thread: object?.thread ?? 0,
      loc: object?.allocatedAt ?? noLoc,
      stack: object?.allocatedIn ?? noStack,
      related: [],
      fatal: false,
    };
  });
}
const noLoc: Loc = 0;
const noStack: readonly StackEntry[] = [];

interface Problem {
  readonly message: string;
  readonly address: bigint;
}
interface Node extends ResourceNode {
  readonly children: Node[];
}

class TreeMemory {
  readonly layout: ResourceLayout | undefined;
  readonly #machine: Machine;
  #bootmem: ReadonlySet<bigint> | undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.layout = resourceLayout(machine.program);
  }

  /** The root's address, where the program defines it. */
  root(name: Root): bigint | undefined {
    const { program, memory } = this.#machine;
    const index = program.globalNamed(name);
    if (index === undefined || program.globals[index]?.external) return undefined;
    return memory.addressOfGlobal(index);
  }

  get(address: bigint, field: Field | undefined): bigint | undefined {
    return field ? this.#machine.memory.read(address + field.offset, field.size) : 0n;
  }
  set(address: bigint, field: Field, value: bigint): void {
    this.#machine.memory.write(address + field.offset, field.size, BigInt.asUintN(8 * field.size, value));
  }

  childrenOf(parent: bigint): { address: bigint; start: bigint }[] {
    const children: { address: bigint; start: bigint }[] = [];
    let at = this.get(parent, this.layout!.child) ?? 0n;
    while (at !== 0n && children.length < maxNodes) {
      children.push({ address: at, start: this.get(at, this.layout!.start) ?? 0n });
      at = this.get(at, this.layout!.sibling) ?? 0n;
    }
    return children;
  }

  make(resource: MachineResource, parent: bigint, names: Map<string, bigint>): bigint {
    const layout = this.layout!;
    const { memory } = this.#machine;
    let name = names.get(resource.name);
    if (name === undefined) {
      const bytes = new TextEncoder().encode(resource.name);
      name = memory.allocate(bytes.length + 1, 'bootmem', true);
      for (let i = 0; i < bytes.length; i++) memory.write(name + BigInt(i), 1, BigInt(bytes[i]!));
      names.set(resource.name, name);
    }
    const address = memory.allocate(layout.size, 'bootmem', true);
    this.set(address, layout.start, resource.start);
    this.set(address, layout.end, resource.end);
    this.set(address, layout.name, name);
    this.set(address, layout.flags, resource.flags);
    if (layout.desc) this.set(address, layout.desc, BigInt(resource.desc));
    this.set(address, layout.parent, parent);
    return address;
  }

  /** Every node once, with what is wrong. Time linear in the nodes; no recursion, so that depth does not matter. */
  walk(name: Root): { readonly nodes: readonly ResourceNode[]; readonly problems: readonly Problem[] } {
    const problems: Problem[] = [];
    const { layout } = this;
    const root = this.root(name);
    if (root === undefined || !layout) return { nodes: [], problems };
    const top = this.#read(root, layout, [])!;
    const seen = new Set<bigint>([root]);
    const pending = [top];
    for (let parent = pending.pop(); parent; parent = pending.pop()) {
      const begins = pending.length;
      let before: Node | undefined;
      for (let at = this.get(parent.address, layout.child) ?? 0n; at !== 0n; ) {
        const wrong = (message: string): void => void problems.push({ message, address: at });
        const node = seen.has(at) || seen.size > maxNodes ? undefined : this.#read(at, layout, []);
        if (!node || this.#machine.memory.objectAt(at)?.state === 'freed') {
          wrong(`below ${label(parent)}: ${this.#whyNot(at, seen)}`);
          break;
        }
        seen.add(at);
        this.#judge(node, parent, before, wrong);
        parent.children.push(node);
        pending.push(node);
        before = node;
        at = this.get(at, layout.sibling) ?? 0n;
      }
      // The first child is looked at first, so that problems come in the order of addresses.
      pending.push(...pending.splice(begins).reverse());
    }
    return { nodes: top.children, problems };
  }

  #whyNot(address: bigint, seen: ReadonlySet<bigint>): string {
    const what = this.#machine.memory.describe(address);
    if (seen.has(address)) return `${what} stands in the tree a second time`;
    if (seen.size > maxNodes) return `more than ${maxNodes} nodes`;
    return this.#machine.memory.objectAt(address)?.state === 'freed'
      ? `${what} was freed and is still linked`
      : `the link 0x${address.toString(16)} leads nowhere`;
  }

  #judge(node: Node, parent: Node, before: Node | undefined, wrong: (message: string) => void): void {
    const linked = this.get(node.address, this.layout!.parent);
    if (linked !== parent.address) {
      wrong(
        `${label(node)} stands below ${label(parent)}, but its parent pointer is ${this.#machine.memory.describe(linked ?? 0n)}`,
      );
    }
    if (node.end < node.start) wrong(`${label(node)} ends before it starts`);
    if (node.start < parent.start || node.end > parent.end) {
      wrong(`${label(node)} is not inside its parent ${label(parent)}`);
    }
    if (before && node.start <= before.end) {
      wrong(
        node.start < before.start
          ? `${label(node)} stands after ${label(before)}: children are not sorted`
          : `${label(node)} overlaps its sibling ${label(before)}`,
      );
    }
  }

  #read(address: bigint, layout: ResourceLayout, children: Node[]): Node | undefined {
    const [start, end, flags] = [layout.start, layout.end, layout.flags].map((field) => this.get(address, field));
    if (start === undefined || end === undefined || flags === undefined) return undefined;
    const desc = Number(this.get(address, layout.desc) ?? 0n);
    return { address, name: this.#name(address), start, end, flags, desc, from: this.#from(address), children };
  }

  #name(address: bigint): string {
    const { memory } = this.#machine;
    const pointer = this.get(address, this.layout!.name) ?? 0n;
    if (pointer === 0n) return '';
    if (memory.objectAt(pointer)?.state === 'freed') return '<freed>';
    return memory.readString(pointer, 256) ?? '<unreadable>';
  }

  #from(address: bigint): 'machine' | 'scenario' {
    this.#bootmem ??= new Set(
      this.#machine
        .liveObjects()
        .filter((object) => object.kind === 'bootmem')
        .map((object) => object.address),
    );
    return this.#bootmem.has(address) ? 'machine' : 'scenario';
  }
}

const label = (node: ResourceNode): string =>
  `"${node.name}" ${resourceText(node, false, 8).replace(/ flags .*/, ']')}`;
