/**
 * Identifiers as small numbers, so that "is this a macro?" is an array look-up. The names below have fixed numbers; C's
 * keywords stand among them so that the strings handed to the parser are the literals it compares with.
 */
const FIXED = [
  'define',
  'undef',
  'include',
  'include_next',
  'import',
  'if',
  'ifdef',
  'ifndef',
  'elif',
  'elifdef',
  'elifndef',
  'else',
  'endif',
  'line',
  'error',
  'warning',
  'pragma',
  'ident',
  'sccs',
  'once',
  'defined',
  '__VA_ARGS__',
  '__VA_OPT__',
  '_Pragma',
  '__has_include',
  '__has_include_next',
  '__has_attribute',
  '__has_c_attribute',
  '__has_builtin',
  'assert',
  'unassert',
] as const;

const KEYWORDS =
  'auto break case char const continue default do double enum extern float for goto inline int long register return ' +
  'short signed sizeof static struct switch typedef union unsigned void volatile while restrict typeof asm ' +
  '__typeof__ __attribute__ __extension__ __inline __inline__ __always_inline __volatile__ __const__ __asm__ ' +
  '_Bool _Generic _Static_assert _Alignof _Alignas __alignof__ __auto_type __label__ __builtin_expect bool true false NULL';

export type FixedName = (typeof FIXED)[number];

/** The number of each fixed name. */
export const Sym: Readonly<Record<FixedName, number>> = Object.fromEntries(
  FIXED.map((name, index) => [name, index]),
) as Record<FixedName, number>;

export class Interner {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];

  constructor() {
    for (const name of FIXED) this.intern(name);
    for (const name of KEYWORDS.split(' ')) this.intern(name);
  }

  intern(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#names.length;
      this.#names.push(name);
      this.#ids.set(name, id);
    }
    return id;
  }

  /** The number of a name that was met before, else undefined. */
  find(name: string): number | undefined {
    return this.#ids.get(name);
  }

  name(id: number): string {
    return this.#names[id]!;
  }

  get size(): number {
    return this.#names.length;
  }
}
