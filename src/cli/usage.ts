import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Budgets, budgetRanges } from '../review/budget.ts';

/** The command line was not understood: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `parseArgs` of Node, with its complaints as ours. */
export function parse<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export function positive(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw new UsageError(`${option} wants a number, not “${value}”`);
  return number;
}

/**
 * `--budget`: a number of statements, or `name=number` with commas between. Answers `seconds` apart: it bounds the whole.
 */
export function budgetOption(value: string | undefined): { readonly budget?: Budgets; readonly seconds?: number } {
  if (value === undefined) return {};
  if (/^\d+$/.test(value)) return { budget: { statements: positive(value, '--budget') ?? 0 } };
  const budget: { -readonly [K in keyof Budgets]: number } = {};
  let seconds: number | undefined;
  for (const part of value.split(',')) {
    const [, name = '', digits] = /^([a-z]+)=(\d+)$/.exec(part) ?? [];
    const number = Number(digits);
    if (name === 'seconds' && number > 0) seconds = number;
    else if (isBudget(name)) {
      const [least, most] = budgetRanges[name];
      if (!(number >= least && number <= most))
        throw new UsageError(`--budget ${name} is from ${least} to ${most}, not ${digits}`);
      budget[name] = number;
    } else
      throw new UsageError(
        `--budget wants a number of statements, or name=number of ${Object.keys(budgetRanges).join(', ')} and seconds, not “${part}”`,
      );
  }
  return { budget, ...(seconds === undefined ? {} : { seconds }) };
}

const isBudget = (name: string): name is keyof Budgets => Object.hasOwn(budgetRanges, name);

export function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], option: string): T {
  const chosen = value ?? allowed[0]!;
  if (!(allowed as readonly string[]).includes(chosen))
    throw new UsageError(`${option} is one of ${allowed.join(', ')}, not “${chosen}”`);
  return chosen as T;
}
