import { hex } from '../format.ts';
import { declaration } from './c-text.ts';
import { type Call, FRESH, names, ROOTS, type Sequence } from './sequence.ts';
import type { Operation, Param } from './surface.ts';

/** How one call of a sequence is written in C, and what it needs to stand there. */
export interface CallText {
  /** `request_resource(&iomem_resource, new0)` */
  readonly call: string;
  /** The resource that it makes, as it is before the call. */
  readonly fresh?: FreshResource;
  /** Resources that it is handed, by variable, those of calls only: they may be gone. */
  readonly wants: readonly string[];
  /** Functions that callbacks need, by their names. */
  readonly callbacks: readonly CallbackUse[];
  readonly records: readonly string[];
}
export interface FreshResource {
  readonly variable: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly flags: bigint;
  readonly desc: bigint;
  readonly name: string;
}
export interface CallbackUse {
  readonly name: string;
  readonly param: Extract<Param, { kind: 'callback' }>;
  readonly mode: bigint;
}

export interface Variables {
  /** Of a root, of a region by index, of a call's resource by index. */
  readonly root: (index: number) => string;
  readonly region: (index: number) => string;
  readonly made: (call: number) => string;
  readonly device: (index: number) => string;
}

export const scenarioVariables: Variables = {
  root: (i) => (i === 0 ? '&iomem_resource' : '&ioport_resource'),
  region: (i) => `region${i}`,
  made: (i) => `res${i}`,
  device: (i) => `&gpu${i}`,
};

export const nameText = (word: bigint | number): string =>
  JSON.stringify(names[Number(BigInt(word) % BigInt(names.length))]!);

export function callText(
  sequence: Sequence,
  index: number,
  operations: readonly Operation[],
  vars: Variables,
): CallText {
  const call: Call = sequence.calls[index]!;
  const op = operations[call.op]!;
  let fresh: FreshResource | undefined;
  const wants: string[] = [];
  const callbacks: CallbackUse[] = [];
  const records: string[] = [];
  let at = 0;
  const handle = (word: bigint): string => {
    const n = Number(word);
    if (n < ROOTS) return vars.root(n);
    if (n < ROOTS + sequence.regions.length) {
      wants.push(vars.region(n - ROOTS));
      return vars.region(n - ROOTS);
    }
    const made = n - ROOTS - sequence.regions.length;
    // A handle of no call, or of this one or a later one, names nothing: the call is skipped in both worlds.
    const text = made < index ? vars.made(made) : 'NULL';
    wants.push(text);
    return text;
  };
  const argument = (param: Param): string => {
    const word = call.args[at] ?? 0n;
    switch (param.kind) {
      case 'container':
        at++;
        return handle(word);
      case 'resource': {
        const from = at;
        at += 6;
        if (word !== FRESH) return handle(word);
        fresh = {
          variable: vars.made(index),
          start: call.args[from + 1]!,
          end: call.args[from + 2]!,
          flags: call.args[from + 3]!,
          desc: call.args[from + 4]!,
          name: nameText(call.args[from + 5]!),
        };
        return fresh.variable;
      }
      case 'int':
        at++;
        return number(word, param);
      case 'name':
        at++;
        return nameText(word);
      case 'device':
        at++;
        return vars.device(Number(word & 1n));
      case 'data':
        return 'NULL';
      case 'callback': {
        at++;
        if (param.nullable && word === 0n) return 'NULL';
        const name = `answer${index}_${callbacks.length}`;
        callbacks.push({ name, param, mode: word });
        return name;
      }
      case 'record': {
        const name = `arg${index}_${records.length}`;
        const members = param.members.map(([member, p]) => `.${member} = ${argument(p)}`);
        records.push(`struct ${param.tag} ${name} = { ${members.join(', ')} };`);
        return `&${name}`;
      }
    }
  };
  const args = op.params.map(argument);
  const text = op.builtIn
    ? op.builtIn.replace(/%(\d)/g, (_, n: string) => args[Number(n)]!)
    : `${op.name}(${args.join(', ')})`;
  return { call: text, ...(fresh ? { fresh } : {}), wants, callbacks, records };
}

const kib = 1n << 10n;
const sizes: readonly (readonly [bigint, string])[] = [
  [kib, 'SZ_1K'],
  [kib << 2n, 'SZ_4K'],
  [kib << 6n, 'SZ_64K'],
  [1n << 20n, 'SZ_1M'],
  [1n << 21n, 'SZ_2M'],
  [1n << 24n, 'SZ_16M'],
  [1n << 27n, 'SZ_128M'],
  [1n << 28n, 'SZ_256M'],
  [1n << 30n, 'SZ_1G'],
];

function number(word: bigint, param: Extract<Param, { kind: 'int' }>): string {
  const value = BigInt.asUintN(8 * param.bytes, word);
  if (param.role === 'size' || param.role === 'align') {
    const known = sizes.find(([n]) => n === value);
    if (known) return known[1];
  }
  if (param.role === 'gfp' && value === 0xcc0n) return 'GFP_KERNEL';
  return constant(value);
}

/** A constant of C that has room for the value. */
export const constant = (value: bigint): string =>
  value < 10n ? String(value) : value > 0x7fff_ffffn ? `${hex(value)}ULL` : hex(value);

/** The text of a callback: it stops a walk, or aligns, as the search's own did. `observe`: what is made of each argument. */
export function callbackText(use: CallbackUse, observe: (expr: string) => string): string {
  const { type } = use.param;
  const lines: string[] = [];
  const ints: string[] = [];
  let resource: string | undefined;
  const params = type.params.map((p, i) => {
    const name = `x${i}`;
    if (p.type.kind === 'pointer' && p.type.to.kind === 'struct' && p.type.to.tag === 'resource') {
      for (const field of ['start', 'end', 'flags', 'desc']) lines.push(`\t${observe(`${name}->${field}`)}`);
      resource ??= name;
    } else if (p.type.kind === 'int' || p.type.kind === 'enum') {
      lines.push(`\t${observe(name)}`);
      ints.push(name);
    }
    return declaration(p.type, name) ?? name;
  });
  const head = declaration(type.returns, `${use.name}(${params.join(', ') || 'void'})`);
  const wide = type.returns.kind === 'int' && type.returns.size === 8;
  if (type.returns.kind === 'void') return `static ${head}\n{\n${lines.join('\n')}\n}\n`;
  if (wide && resource) {
    const [size, align] = [ints.at(-2) ?? '1', ints.at(-1) ?? '1'];
    const answer =
      use.mode === 1n
        ? `${resource}->start`
        : use.mode === 2n
          ? `${align} ? ALIGN(${resource}->start, ${align}) : ${resource}->end - ${size} + 1`
          : `${resource}->end - ${size} + 1`;
    return `static ${head}\n{\n\treturn ${answer};\n}\n`;
  }
  if (use.mode === 0n) return `static ${head}\n{\n${lines.join('\n')}\n\treturn 0;\n}\n`;
  return `static ${head}\n{\n\tstatic int round;\n\n${lines.join('\n')}\n\treturn ++round == ${use.mode} ? -EINTR : 0;\n}\n`;
}
