import { explainRule } from '../review/agent-tools.ts';
import { rulePage } from '../review/rule-page.ts';
import { output } from './files.ts';
import { parse, UsageError } from './usage.ts';

/** The page of a rule, or the list of all. */
export function rulesCommand(args: readonly string[]): number {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: 'string' } },
  });
  const [id, ...more] = positionals;
  if (more.length > 0) throw new UsageError('rules wants one rule at most');
  if (id !== undefined && rulePage(id) === undefined) throw new UsageError(`there is no rule “${id}”`);
  output(`${explainRule(id).trimEnd()}\n`, values.out);
  return 0;
}
