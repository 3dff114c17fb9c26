import type { DebugProtocol as P } from '@vscode/debugprotocol';
import { CodedError } from '../base/errors.ts';
import { parseExpressionIn } from '../c/parse/expression.ts';
import { typeName } from '../c/types-ops.ts';
import { type ResourceNode, readTree } from '../kernel/resources.ts';
import type { FrameView } from '../machine/api.ts';
import { hex } from '../review/format.ts';
import type { Debuggee } from './debuggee.ts';
import { evaluate } from './evaluate.ts';
import { type Variable, variablesOf } from './frames.ts';
import { PAGE, type Value } from './values.ts';

/** A frame that the client was told of. */
export interface FrameHandle {
  readonly thread: number;
  readonly frame: FrameView;
}
type Scope = 'arguments' | 'locals' | 'globals' | 'locks' | 'tree' | 'allocations';
type Handle =
  | { readonly kind: 'scope'; readonly scope: Scope; readonly of: FrameHandle }
  | { readonly kind: 'value'; readonly value: Value; readonly path: string | undefined }
  | { readonly kind: 'node'; readonly node: ResourceNode };

const titles: Readonly<Record<Scope, string>> = {
  arguments: 'Arguments',
  locals: 'Locals',
  locks: 'Locks held',
  tree: 'Resource tree',
  globals: 'Globals',
  allocations: 'Allocations alive',
};

/** What a stopped execution shows: frames, scopes, variables. References hold until the next stop. */
export class Views {
  readonly #debuggee: Debuggee;
  readonly #elsewhere: (frame: FrameHandle, name: string) => string | undefined;
  #frames: FrameHandle[] = [];
  #handles: Handle[] = [];

  /** `elsewhere`: what a variable of a frame holds in the world that this one is compared with. */
  constructor(debuggee: Debuggee, elsewhere: (frame: FrameHandle, name: string) => string | undefined) {
    this.#debuggee = debuggee;
    this.#elsewhere = elsewhere;
  }

  /** Forgets all references: the position has changed. */
  clear(): void {
    this.#frames = [];
    this.#handles = [];
  }

  frameId(of: FrameHandle): number {
    return this.#frames.push(of);
  }
  frame(id: number | undefined): FrameHandle | undefined {
    if (id !== undefined) return this.#frames[id - 1];
    const thread = this.#debuggee.thread;
    const [frame] = this.#debuggee.frames(thread);
    return frame && { thread, frame };
  }
  #handle(handle: Handle): number {
    return this.#handles.push(handle);
  }

  scopes(of: FrameHandle): P.Scope[] {
    return (Object.keys(titles) as Scope[]).map((scope) => ({
      name: titles[scope],
      variablesReference: this.#handle({ kind: 'scope', scope, of }),
      expensive: scope !== 'arguments' && scope !== 'locals' && scope !== 'locks',
      ...(scope === 'arguments' || scope === 'locals' ? { presentationHint: scope } : {}),
    }));
  }

  variables(reference: number, start = 0, count = 0): P.Variable[] {
    const handle = this.#handles[reference - 1];
    const page = count > 0 ? count : PAGE * 10;
    switch (handle?.kind) {
      case 'value':
        return this.#children(handle.value, handle.path, start, page);
      case 'node':
        return handle.node.children.slice(start, start + page).map((node) => this.#node(node));
      case 'scope':
        return this.#scope(handle.scope, handle.of).slice(start, start + page);
      default:
        return [];
    }
  }

  #scope(scope: Scope, { thread, frame }: FrameHandle): P.Variable[] {
    const machine = this.#debuggee.machine();
    switch (scope) {
      case 'arguments':
      case 'locals':
        return variablesOf(machine, frame)
          .filter((v) => v.isParameter === (scope === 'arguments'))
          .map((v) => {
            const shown = this.#variable(v.name, v.value, v.name);
            const other = this.#elsewhere({ thread, frame }, v.name);
            // The mark comes first: the view cuts off what is long.
            const same = other === undefined || other.replace(/^\w+: /, '') === shown.value;
            return same ? shown : { ...shown, value: `≠ ${shown.value}, ${other}` };
          });
      case 'globals': {
        const { program } = machine;
        const file = program.functions[frame.func]?.file;
        return program.globals.flatMap((global, index) =>
          global.file === file && !global.string && /^\w+$/.test(global.name)
            ? [
                this.#variable(
                  global.name,
                  { type: global.type, address: machine.memory.addressOfGlobal(index) },
                  global.name,
                ),
              ]
            : [],
        );
      }
      case 'locks':
        return this.#debuggee.locks(thread).map((held) => {
          const at = this.#debuggee.place(held.loc);
          return plain(machine.memory.describe(held.address), `${held.mode}, by ${held.by}() at ${at.file}:${at.line}`);
        });
      case 'tree':
        return readTree(machine).map((node) => this.#node(node));
      case 'allocations': {
        const first = this.#debuggee.recording.thread(0);
        return machine.liveObjects().flatMap((object) => {
          if (object.kind !== 'slab' || object.thread < first) return [];
          const at = this.#debuggee.place(object.allocatedAt);
          return [plain(machine.memory.describe(object.address), `${object.size} bytes, from ${at.file}:${at.line}`)];
        });
      }
    }
  }

  #node(node: ResourceNode): P.Variable {
    const { start, end, name, children } = node;
    return {
      name: `${hex(start)}-${hex(end)}`,
      value: name === '' ? '(no name)' : name,
      type: 'struct resource',
      variablesReference: children.length > 0 ? this.#handle({ kind: 'node', node }) : 0,
      indexedVariables: children.length,
      evaluateName: `*(struct resource *)${hex(node.address)}ul`,
      memoryReference: hex(node.address),
    };
  }

  /** A value as a variable of the protocol; `path` is the C expression that leads to it. */
  #variable(name: string, value: Value, path: string | undefined): P.Variable {
    return { name, ...this.value(value, path), ...(path === undefined ? {} : { evaluateName: path }) };
  }

  value(value: Value, path: string | undefined) {
    const values = this.#debuggee.values();
    const count = values.count(value);
    const pointee = values.pointee(value);
    const at = pointee?.address ?? value.address;
    return {
      value: values.text(value),
      type: typeName(value.type),
      variablesReference: count > 0 ? this.#handle({ kind: 'value', value, path }) : 0,
      ...(value.type.kind === 'array' ? { indexedVariables: count } : { namedVariables: count }),
      ...(at === undefined ? {} : { memoryReference: hex(at) }),
    };
  }

  #children(value: Value, path: string | undefined, start: number, count: number): P.Variable[] {
    const join = (to: string): string | undefined => {
      if (path === undefined || to === '') return undefined;
      return to === '*' ? `*(${path})` : `${/^\w+$/.test(path) ? path : `(${path})`}${to}`;
    };
    return this.#debuggee
      .values()
      .children(value, start, count)
      .map((child) => this.#variable(child.name, child.value, join(child.path)));
  }

  /** Evaluates a C expression in a frame. Throws CodedErrors. */
  evaluate(text: string, of: FrameHandle | undefined): Value {
    const debuggee = this.#debuggee;
    const { compiled } = debuggee.world;
    const func = of?.frame.func ?? 0;
    const known: readonly Variable[] = of ? variablesOf(debuggee.machine(), of.frame) : [];
    const node = parseExpressionIn({
      program: compiled.program,
      func,
      text,
      variables: known.map((v) => ({ name: v.name, type: v.value.type })),
      files: compiled.files,
    });
    const find = (name: string): Value | undefined => known.findLast((v) => v.name === name)?.value;
    return evaluate(debuggee.values(), compiled.program, find, node);
  }

  /** Whether a condition holds; one that cannot be read does not. Throws what the front end says of one that is no C. */
  holds(text: string, of: FrameHandle | undefined): boolean {
    try {
      const found = this.#debuggee.values().scalar(this.evaluate(text, of));
      return found !== undefined && found !== 0n;
    } catch (error) {
      if (error instanceof CodedError && error.code === 'D004') return false;
      throw error;
    }
  }

  /** The text of a log point: what stands in braces is evaluated. */
  message(text: string, of: FrameHandle | undefined): string {
    return text.replace(/\{([^{}]*)\}/g, (_, expression: string) => {
      try {
        return this.#debuggee.values().text(this.evaluate(expression, of));
      } catch (error) {
        return error instanceof CodedError ? `<${error.what}>` : '<?>';
      }
    });
  }
}

const plain = (name: string, value: string): P.Variable => ({ name, value, variablesReference: 0 });
