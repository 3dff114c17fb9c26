import { type CallText, callbackText, callText, constant, nameText, scenarioVariables } from './c-call.ts';
import { ROOTS, type Sequence } from './sequence.ts';
import type { Operation } from './surface.ts';

export interface ScenarioTextInput {
  readonly sequence: Sequence;
  readonly operations: readonly Operation[];
  readonly title: string;
  /** Calls that only one world makes, since a resource they want is gone in the other. */
  readonly guarded: ReadonlySet<number>;
  /** So many of the last calls are made by a thread each, the others before them. Default 0: all by one. */
  readonly threads?: number;
  /** What is looked at in the end besides the trees: mappings that were revoked, resources that are in no tree any more. */
  readonly ending?: 'tree' | 'loose';
  /** The machine to run on. */
  readonly machine: string;
}

/**
 * A sequence as a scenario: its regions are SETUP, its calls a thread, all they answer is observed. It does what the search
 * did, without the search.
 */
export function scenarioText(input: ScenarioTextInput): string {
  const { sequence, operations } = input;
  const vars = scenarioVariables;
  const texts = sequence.calls.map((_, i) => callText(sequence, i, operations, vars));
  const threads = input.threads ?? 0;
  // Calls before those of the threads.
  const alone = threads > 0 ? texts.length - threads : 0;
  const made = (i: number): readonly string[] =>
    callLines(texts[i]!, operations[sequence.calls[i]!.op]!, vars.made(i), input.guarded.has(i)).map((l) =>
      l === '' ? '' : `\t${l}`,
    );
  const lines: string[] = [
    `// title: ${input.title.replace(/[\r\n]+/g, ' ')}`,
    `// machine: ${input.machine}`,
    ...(sequence.fail > 0 ? [`// fail: ${failureText(sequence)}`] : []),
    '#include <iomem-review.h>',
    '',
  ];
  const used = new Set(
    texts.flatMap((t) => [t.call, ...t.records].flatMap((c) => c.match(/\b(?:region\d+|gpu\d)\b/g) ?? [])),
  );
  for (const r of sequence.regions) if (r.parent >= ROOTS) used.add(vars.region(r.parent - ROOTS));
  if (input.ending === 'loose') for (const i of sequence.regions.keys()) used.add(vars.region(i));
  for (const gpu of ['gpu0', 'gpu1']) if (used.has(gpu)) lines.push(`static IOMEM_DEVICE(${gpu});`);
  const held = sequence.regions.flatMap((_, i) => (used.has(vars.region(i)) ? [`*${vars.region(i)}`] : []));
  texts.forEach((text, i) => {
    if (text.fresh || operations[sequence.calls[i]!.op]!.result === 'resource') held.push(`*${vars.made(i)}`);
  });
  if (held.length > 0) lines.push(`static struct resource ${held.join(', ')};`);
  for (const call of sequence.calls) {
    const { prototype } = operations[call.op]!;
    // Not every function is declared where scenarios see it; declaring it twice does no harm.
    if (prototype !== '' && !lines.includes(`${prototype};`)) lines.push(`${prototype};`);
  }
  for (const text of texts)
    for (const use of text.callbacks) lines.push('', callbackText(use, (expr) => `OBSERVE(${expr});`).trimEnd());
  if (sequence.regions.length > 0 || alone > 0 || texts.some((t) => t.fresh)) {
    lines.push('', 'SETUP', '{');
    sequence.regions.forEach((r, i) => {
      const parent = r.parent < ROOTS ? vars.root(r.parent) : vars.region(r.parent - ROOTS);
      const call = `iomem_place${r.early ? '_early' : ''}(${parent}, ${nameText(r.name)}, ${constant(r.start)}, ${constant(r.end)}, ${constant(r.flags)}, ${constant(r.desc)});`;
      lines.push(`\t${used.has(vars.region(i)) ? `${vars.region(i)} = ` : ''}${call}`);
    });
    for (const { fresh } of texts)
      if (fresh) {
        lines.push(
          `\t${fresh.variable} = iomem_resource_new(${fresh.name}, ${constant(fresh.start)}, 1, ${constant(fresh.flags)}, ${constant(fresh.desc)});`,
          `\t${fresh.variable}->end = ${constant(fresh.end)};`,
        );
      }
    if (alone > 0) lines.push(...texts.slice(0, alone).flatMap((_, i) => made(i)));
    lines.push('}');
  }
  if (threads === 0) {
    lines.push('', 'THREAD(search)', '{', ...texts.flatMap((_, i) => made(i)), '}');
  } else {
    for (let i = alone; i < texts.length; i++) lines.push('', `THREAD(${threadName(i - alone)})`, '{', ...made(i), '}');
  }
  if (input.ending) {
    lines.push('', 'CHECK', '{', '\tOBSERVE(iomem_unmap_count());');
    const loose = input.ending === 'loose' ? [...sequence.regions.keys()].map((i) => vars.region(i)) : [];
    texts.forEach((text) => {
      if (text.fresh && input.ending === 'loose') loose.push(text.fresh.variable);
    });
    for (const variable of loose)
      lines.push(
        `\tif (iomem_is_loose(${variable})) {`,
        ...see(variable).map((l) => `\t\t${l}`),
        `\t\tOBSERVE(${variable}->parent != NULL);`,
        '\t}',
      );
    lines.push('}');
  }
  return `${lines.join('\n')}\n`;
}

/** `1`, or `1-2`: which allocations fail. */
const failureText = ({ fail, failing = 1 }: Sequence): string =>
  failing > 1 ? `${fail}-${fail + failing - 1}` : String(fail);

const threadName = (index: number): string => ['first', 'second', 'third'][index] ?? `thread${index}`;

function callLines(text: CallText, op: Operation, made: string, guarded: boolean): readonly string[] {
  const lines: string[] = [...text.records];
  // What the patch adds has nothing to be compared with.
  if (op.added) return [...lines, `${text.call};`];
  switch (op.result) {
    case 'void':
      lines.push(`${text.call};`);
      break;
    case 'int':
      lines.push(
        op.resultType?.signed && op.resultType.size >= 4 && !op.resultType.bool
          ? `OBSERVE(ERR_PTR(${text.call}));`
          : `OBSERVE(${text.call});`,
      );
      break;
    case 'string':
      lines.push(`OBSERVE(${text.call});`);
      break;
    case 'pointer':
      lines.push(
        '{',
        `\tvoid *answer = (void *)${text.call};`,
        '',
        '\tif (IS_ERR_OR_NULL(answer))',
        '\t\tOBSERVE(answer);',
        '}',
      );
      break;
    case 'resource': {
      const found = text.fresh ? 'found' : made;
      if (text.fresh) lines.push('{', `\tstruct resource *found = ${text.call};`, '');
      else lines.push(`${made} = ${text.call};`);
      const inner = [
        `if (IS_ERR_OR_NULL(${found})) {`,
        `\tOBSERVE(${found});`,
        '} else {',
        ...see(found).map((l) => `\t${l}`),
        '}',
      ];
      lines.push(...(text.fresh ? [...inner.map((l) => `\t${l}`), '}'] : inner));
      break;
    }
  }
  if (text.fresh) lines.push(...see(text.fresh.variable));
  if (guarded && text.wants.length > 0) {
    const there = [...new Set(text.wants)].map((w) => `iomem_is_placed(${w})`).join(' && ');
    return [`if (${there}) {`, ...lines.map((l) => (l === '' ? '' : `\t${l}`)), '}'];
  }
  return lines;
}

const see = (resource: string): string[] =>
  ['start', 'end', 'flags', 'desc'].map((field) => `OBSERVE(${resource}->${field});`);
