import type { Program } from '../c/ir.ts';
import type { CType, Member } from '../c/types.ts';

/** Where a field lies in its struct. */
export interface Field {
  readonly offset: bigint;
  readonly size: 1 | 2 | 4 | 8;
}

/** The scalar fields of a struct by name, with those of anonymous members. undefined: the program has no such struct. */
export function fieldsOf(program: Program | undefined, name: string): ReadonlyMap<string, Field> | undefined {
  const type = program?.typeNamed(name);
  if (!type || (type.kind !== 'struct' && type.kind !== 'union') || !type.members) return undefined;
  const fields = new Map<string, Field>();
  collect(type.members, 0, program!.target.wordSize, fields, 0);
  return fields;
}

function collect(
  members: readonly Member[],
  base: number,
  wordSize: 4 | 8,
  fields: Map<string, Field>,
  depth: number,
): void {
  for (const member of members) {
    const offset = base + member.offset;
    if (member.name === undefined) {
      const inner = member.type;
      if (depth < 8 && (inner.kind === 'struct' || inner.kind === 'union') && inner.members) {
        collect(inner.members, offset, wordSize, fields, depth + 1);
      }
    } else {
      const size = sizeOfScalar(member.type, wordSize);
      if (size && !member.bits && !fields.has(member.name)) fields.set(member.name, { offset: BigInt(offset), size });
    }
  }
}

function sizeOfScalar(type: CType, wordSize: 4 | 8): 1 | 2 | 4 | 8 | undefined {
  if (type.kind === 'int') return type.size;
  if (type.kind === 'enum') return type.carrier.size;
  if (type.kind === 'pointer') return wordSize;
  return undefined;
}

/** The fields of struct resource that this room reads and writes. */
export interface ResourceLayout {
  readonly size: number;
  readonly start: Field;
  readonly end: Field;
  readonly name: Field;
  readonly flags: Field;
  /** Absent before 4.6. */
  readonly desc: Field | undefined;
  readonly parent: Field;
  readonly sibling: Field;
  readonly child: Field;
}

/** As the program has it; undefined where it has no struct resource with these fields. */
export function resourceLayout(program: Program | undefined): ResourceLayout | undefined {
  const fields = fieldsOf(program, 'resource');
  const type = program?.typeNamed('resource');
  if (!fields || type?.kind !== 'struct') return undefined;
  const [start, end, name, flags, parent, sibling, child] = [
    'start',
    'end',
    'name',
    'flags',
    'parent',
    'sibling',
    'child',
  ].map((key) => fields.get(key));
  if (!start || !end || !name || !flags || !parent || !sibling || !child) return undefined;
  return { size: type.size, start, end, name, flags, desc: fields.get('desc'), parent, sibling, child };
}
