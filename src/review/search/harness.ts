import type { CType, FunctionType } from '../../c/types.ts';
import { declaration } from './c-text.ts';
import type { Operation, Param } from './surface.ts';

/** The path of the harness as a unit of the program. */
export const HARNESS_PATH = '<search>';

/**
 * The C text of the harness: prototypes, callbacks, and one function for each operation that takes its arguments from
 * words. It holds no text of the patch: names of functions and types only. Calls that the world does not have do nothing.
 */
export function harnessText(operations: readonly Operation[], which: 'before' | 'after'): string {
  const there = (op: Operation): boolean => which === 'after' || !op.added;
  const parts: string[] = ['#include <iomem-review/search.h>\n'];
  for (const op of operations) if (op.prototype !== '' && there(op)) parts.push(`${op.prototype};`);
  operations.forEach((op, index) => {
    parts.push(operationText(op, index, there(op)));
  });
  const cases = operations.map((_, index) => `\tcase ${index}: return __search_op_${index}(a, call);`);
  parts.push(
    `static u64 __search_call(u64 op, const u64 *a, u64 call)\n{\n\tswitch (op) {\n${cases.join('\n')}\n\tdefault: return 0;\n\t}\n}`,
  );
  parts.push('static __attribute__((used)) void __search_run(void)\n{\n\t__search_sequence(__search_call);\n}');
  return `${parts.join('\n')}\n`;
}

/** The name of the function that makes an operation's call. */
export const operationFunction = (index: number): string => `__search_op_${index}`;

/** `there`: the world has it; else the call does nothing. */
function operationText(op: Operation, index: number, there: boolean): string {
  const before: string[] = [];
  const lines: string[] = [];
  const after: string[] = [];
  let at = 0;
  let locals = 0;
  const argument = (param: Param): string => {
    const word = `a[${at}]`;
    switch (param.kind) {
      case 'container':
      case 'resource': {
        const name = `p${locals++}`;
        const fresh = param.kind === 'resource';
        lines.push(
          `struct resource *${name} = ${fresh ? `__search_resource(a + ${at}, call)` : `__search_container(a + ${at})`};`,
        );
        if (fresh) after.push(`__search_after(${name}, a + ${at});`);
        at += fresh ? 6 : 1;
        return name;
      }
      case 'int':
        at++;
        return `(${declaration(param.type, '')})${word}`;
      case 'name':
        at++;
        return `(void *)__search_name(${word})`;
      case 'device':
        at++;
        return `__search_device(${word})`;
      case 'data':
        return 'NULL';
      case 'callback': {
        before.push(callbackText(param.type, param.id));
        lines.push(`__search_mode = ${word};`, '__search_rounds = 0;');
        at++;
        const name = `__search_callback_${param.id}`;
        return param.nullable ? `(${word} == 0 ? NULL : ${name})` : name;
      }
      case 'record': {
        const name = `record${locals++}`;
        const members = param.members.map(([member, p]) => `.${member} = ${argument(p)}`);
        lines.push(`struct ${param.tag} ${name} = { ${members.join(', ')} };`);
        return `&${name}`;
      }
    }
  };
  const args = op.params.map(argument);
  const call = op.builtIn
    ? op.builtIn.replace(/%(\d)/g, (_, n: string) => args[Number(n)]!)
    : `${op.name}(${args.join(', ')})`;
  const body = [
    ...lines,
    'u64 result = 0;',
    '',
    'if (__search_skip)',
    '\treturn 0;',
    ...(there ? [`${resultText(op, call)};`] : []),
    ...after,
    'return result;',
  ];
  const head = `static u64 __search_op_${index}(const u64 *a, u64 call)`;
  return `${before.join('\n')}\n${head}\n{\n${body.map((l) => (l === '' ? '' : `\t${l}`)).join('\n')}\n}\n`;
}

function resultText(op: Operation, call: string): string {
  switch (op.result) {
    case 'void':
      return call;
    case 'int':
      return `result = (u64)${call}`;
    case 'resource':
      return `result = __search_pointer(${call}, call)`;
    // Of anything else only whether it is there, and which error it is.
    case 'pointer':
      return `void *answer = (void *)${call};\n\tresult = !answer || IS_ERR(answer) ? (u64)(long)answer : 1`;
    case 'string':
      return `result = __search_string(${call})`;
  }
}

/** A callback: notes what it is called with, and answers as the word of its call says. */
function callbackText(type: FunctionType, id: number): string {
  const names = type.params.map((_, i) => `x${i}`);
  const isAligning = aligns(type.returns);
  const params = type.params.map((p, i) => declaration(p.type, names[i]!) ?? 'int').join(', ');
  const notes: string[] = [];
  const ints: string[] = [];
  let resource: string | undefined;
  type.params.forEach(({ type: t }, i) => {
    if (t.kind === 'pointer' && t.to.kind === 'struct' && t.to.tag === 'resource') {
      // A function that aligns is given a place, of which the kernel fills in no more than this.
      notes.push(`\t__search_see${isAligning ? '_place' : ''}(${names[i]});`);
      resource ??= names[i];
    } else if (t.kind === 'int' || t.kind === 'enum') {
      notes.push(`\t__search_effect(${names[i]});`);
      ints.push(names[i]!);
    }
  });
  const head = declaration(type.returns, `__search_callback_${id}(${params || 'void'})`);
  return `static ${head}\n{\n${notes.join('\n')}\n\t__search_rounds++;\n${answerText(type.returns, ints, resource)}\n}`;
}

/** Such functions answer an address. */
const aligns = (returns: CType): boolean => returns.kind === 'int' && returns.size === 8;

function answerText(returns: CType, ints: readonly string[], resource: string | undefined): string {
  if (returns.kind === 'void') return '';
  // The n-th call may stop a walk; a function that aligns answers an address inside of what it got.
  if (!aligns(returns) || !resource) return '\treturn __search_rounds == __search_mode ? -EINTR : 0;';
  const [size, align] = [ints.at(-2) ?? '1', ints.at(-1) ?? '1'];
  return [
    `\tif (__search_mode == 1)\n\t\treturn ${resource}->start;`,
    `\tif (__search_mode == 2 && ${align})\n\t\treturn ALIGN(${resource}->start, ${align});`,
    `\treturn ${resource}->end - ${size} + 1;`,
  ].join('\n');
}
