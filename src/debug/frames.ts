import type { FunctionBody } from '../c/ir.ts';
import type { FrameView, Machine } from '../machine/api.ts';
import type { Value } from './values.ts';

/** A C variable of a frame. */
export interface Variable {
  readonly name: string;
  readonly isParameter: boolean;
  /** Where it is declared. */
  readonly loc: number;
  readonly value: Value;
}

/**
 * The variables of a frame that are in sight where it stands, parameters first, then in the order of their declarations.
 * Of several of one name the last one declared before that place comes last, and is meant by the name.
 */
export function variablesOf(machine: Machine, frame: FrameView): readonly Variable[] {
  const fn = machine.program.functions[frame.func];
  let body: FunctionBody | undefined;
  try {
    body = fn?.body();
  } catch {
    return [];
  }
  if (!fn || !body) return [];
  const { program } = machine;
  const here = program.locations.presumed(frame.loc);
  const found: Variable[] = [];
  const params = fn.signature.params.length;
  const inSight = (loc: number): boolean => {
    // What a macro declares for itself nobody wrote.
    if (program.locations.spelling(loc).macros.length > 0) return false;
    const at = program.locations.presumed(loc);
    return at.file !== here.file || at.line < here.line || (at.line === here.line && at.column <= here.column);
  };
  for (const [index, { variable }] of body.registers.entries()) {
    if (!variable || variable.name === '') continue;
    const isParameter = index < params;
    if (!isParameter && !inSight(variable.loc)) continue;
    const scalar = frame.register(index);
    found.push({
      name: variable.name,
      isParameter,
      loc: variable.loc,
      value: { type: variable.type, ...(scalar === undefined ? {} : { scalar }) },
    });
  }
  const names = new Set(fn.type.kind === 'function' ? fn.type.params.map((p) => p.name) : []);
  for (const [index, { variable }] of body.slots.entries()) {
    if (!variable || variable.name === '') continue;
    const address = frame.slot(index);
    if (address === undefined) continue;
    // A parameter whose address is taken lives in a slot; its register holds what was passed.
    const isParameter = names.has(variable.name) && found.some((v) => v.isParameter && v.name === variable.name);
    if (isParameter)
      found.splice(
        found.findIndex((v) => v.isParameter && v.name === variable.name),
        1,
      );
    found.push({ name: variable.name, isParameter, loc: variable.loc, value: { type: variable.type, address } });
  }
  return found.sort((a, b) => Number(b.isParameter) - Number(a.isParameter) || a.loc - b.loc);
}
