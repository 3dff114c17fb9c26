import { type ParseArgsConfig, parseArgs } from 'node:util';

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

export function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], option: string): T {
  const chosen = value ?? allowed[0]!;
  if (!(allowed as readonly string[]).includes(chosen))
    throw new UsageError(`${option} is one of ${allowed.join(', ')}, not “${chosen}”`);
  return chosen as T;
}
