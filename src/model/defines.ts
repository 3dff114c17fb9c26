import type { ArchProfile } from './api.ts';
import { badDefine } from './errors.ts';

/*
 * Constants of a machine under other values: `MAX_PHYSMEM_BITS=47`. What is not a machine's is a macro of the tree.
 */

/** Values of `NAME=VALUE`, in order: numbers as C writes them, or a text that C reads. */
export type Defines = ReadonlyMap<string, string>;

const MAX_VALUE = 500;

/** Reads `NAME=VALUE`. Throws D023 for another form. */
export function parseDefines(texts: readonly string[]): Defines {
  const defines = new Map<string, string>();
  for (const text of texts) {
    const match = /^([A-Za-z_]\w{0,99})=([^\r\n]+)$/.exec(text.trim());
    if (!match || match[2]!.length > MAX_VALUE || match[2]!.endsWith('\\'))
      throw badDefine(text, 'it has no name or no value');
    defines.set(match[1]!, match[2]!.trim());
  }
  return defines;
}

const numberOf = (text: string): bigint | undefined => {
  const match = /^(0[xX][0-9a-fA-F]{1,16}|\d{1,20})[uUlL]{0,3}$/.exec(text);
  return match ? BigInt(match[1]!) : undefined;
};

/** Where the search may go: the ends of `iomem_resource` while it runs. Not the machine's, not the tree's. */
export interface SearchBounds {
  readonly start?: bigint;
  readonly end?: bigint;
}

/** What the constants of a machine become, and which definitions are left for the tree. Throws D023 for a value of no sense. */
export function applyDefines(
  profile: ArchProfile,
  defines: Defines,
): { readonly profile: ArchProfile; readonly bounds: SearchBounds; readonly macros: Defines } {
  const macros = new Map<string, string>();
  let [changed, physmemEnd] = [profile, undefined as bigint | undefined];
  const names: string[] = [];
  const bounds: { start?: bigint; end?: bigint } = {};
  let devmemBits: number | undefined;
  for (const [name, value] of defines) {
    const number = numberOf(value);
    const want = (low: bigint, high: bigint): number => {
      if (number === undefined || number < low || number > high)
        throw badDefine(`${name}=${value}`, `it wants a number from ${low} to ${high}`);
      return Number(number);
    };
    const address = (): bigint => {
      if (number === undefined || number >= 1n << 64n) throw badDefine(`${name}=${value}`, 'it wants an address');
      return number;
    };
    switch (name) {
      case 'MAX_PHYSMEM_BITS':
        changed = { ...changed, maxPhysmemBits: want(20n, 63n) };
        break;
      case 'SECTION_SIZE_BITS':
        changed = { ...changed, sectionSizeBits: want(BigInt(profile.pageShift), 40n) };
        break;
      case 'PHYSMEM_END':
      case 'DIRECT_MAP_PHYSMEM_END':
        physmemEnd = address();
        break;
      case 'SEARCH_START':
        bounds.start = address();
        continue;
      case 'SEARCH_END':
        bounds.end = address();
        continue;
      case 'DEVMEM_BITS':
        devmemBits = want(20n, 63n);
        break;
      default:
        if (/^CONFIG_\w+$/.test(name)) changed = { ...changed, config: new Map([...changed.config, [name, value]]) };
        else {
          macros.set(name, value);
          continue;
        }
    }
    names.push(`${name}=${value}`);
  }
  if (devmemBits !== undefined) {
    // Proposed in 2021, never merged: sections for more bits than memory has, and device memory is looked for in what is more.
    if (devmemBits <= changed.maxPhysmemBits)
      throw badDefine(`DEVMEM_BITS=${devmemBits}`, `it wants more than MAX_PHYSMEM_BITS, ${changed.maxPhysmemBits}`);
    bounds.start ??= 1n << BigInt(changed.maxPhysmemBits);
    changed = { ...changed, maxPhysmemBits: devmemBits };
  }
  if (changed.sectionSizeBits >= changed.maxPhysmemBits)
    throw badDefine(`SECTION_SIZE_BITS=${changed.sectionSizeBits}`, 'a section is smaller than memory');
  // The direct map ends where it ended, as a part of what can be addressed.
  const shift = changed.maxPhysmemBits - profile.maxPhysmemBits;
  const moved = shift >= 0 ? ((profile.physmemEnd + 1n) << BigInt(shift)) - 1n : profile.physmemEnd >> BigInt(-shift);
  return {
    profile:
      names.length === 0
        ? profile
        : { ...changed, physmemEnd: physmemEnd ?? moved, name: `${profile.name} ${names.join(' ')}` },
    bounds,
    macros,
  };
}
