import { CachedTree, MemoryTree, type SourceTree } from '../base/tree.ts';
import type { CompileResult, FrontEndLimits, Unit } from '../c/api.ts';
import { compile } from '../c/compile.ts';
import type { Loc } from '../c/token.ts';
import type { ArchProfile } from '../model/api.ts';
import { definesOf } from '../model/profiles.ts';
import { configuredProfile } from './config.ts';
import { addFaultPoints } from './faults.ts';
import { replaceBodies } from './instead.ts';
import { optionsOf } from './kbuild.ts';
import type { SourcePlace, World as WorldName } from './report.ts';
import type { Scenario } from './scenario.ts';

/** Our model headers (`include/…`), library (`lib/…`) and built-in scenarios (`scenarios/…`), by path. */
export type ModelFiles = ReadonlyMap<string, string>;

/** Our headers, library and built-in texts stand as `<…>` in locations: nobody reviews those. */
export const isModelFile = (file: string): boolean => file.startsWith('<');

/** Headers that always come from the tree: they define what is under review, and need nothing that is not modelled. */
const treeHeaders = [
  'include/linux/ioport.h',
  'include/linux/resource_ext.h',
  'include/linux/range.h',
  'include/linux/memremap.h',
];

export interface WorldInput {
  readonly which: WorldName;
  readonly tree: SourceTree;
  readonly model: ModelFiles;
  readonly profile: ArchProfile;
  /** Translation units of the tree. */
  readonly units: readonly string[];
  readonly scenarios: readonly Scenario[];
  /** Units of our library besides those that every world has. */
  readonly library?: readonly string[];
  /** Headers that the patch touches, which therefore come from the tree. */
  readonly touchedHeaders?: readonly string[];
  readonly limits?: Partial<FrontEndLimits>;
  /** Functions of the units ask before they run whether they are to fail: {@link addFaultPoints}. */
  readonly faults?: boolean;
  /** Macros besides those of the profile. */
  readonly defines?: ReadonlyMap<string, string>;
}

/** What a world is compiled from, without the texts. Plain data. */
export type WorldRecipe = Omit<WorldInput, 'tree' | 'model'>;

/** One side of a review: the code before or after the patch, compiled with the modelled kernel and the scenarios. */
export interface World {
  readonly which: WorldName;
  /** With the configuration of the tree. */
  readonly profile: ArchProfile;
  /** What a reader should know of how it was compiled. */
  readonly notes: readonly string[];
  readonly compiled: CompileResult;
  readonly recipe: WorldRecipe;
  /** The texts of the tree that were read for it so far: bodies may bring in more. undefined: there is no such file. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** Of the tree under review, not of our model nor of a scenario. */
  isUnderReview(file: string): boolean;
  /** Where a reader finds a location: outermost macro use. */
  place(loc: Loc): SourcePlace;
}

export function compileWorld(from: WorldInput): World {
  const { tree: readFrom, model, ...recipe } = from;
  const tree = new CachedTree(readFrom);
  const input: WorldInput = { ...from, tree };
  const { profile, notes } = configuredProfile(input.tree, input.profile);
  const units: Unit[] = [];
  for (const path of input.units) {
    const inside = input.scenarios.find((s) => s.inside === path);
    units.push({ path, from: 'tree', ...(inside ? { inside: { path: inside.path, text: inside.text } } : {}) });
  }
  for (const scenario of input.scenarios)
    if (scenario.inside === undefined)
      units.push({ path: scenario.path, from: 'text', text: scenario.text, private: true });
  const library = [...model.keys()].filter((path) => /^lib\/[^/]+\.c$/.test(path)).sort();
  for (const path of [...library, ...(input.library ?? [])]) units.push({ path, from: 'model', weak: true });

  const defines = new Map(definesOf(profile));
  for (const path of input.units)
    for (const option of optionsOf(path, input.tree))
      if (!defines.has(option) && !profile.config.has(option)) defines.set(option, '1');
  // Programs are shared by options: those with questions in them are programs of their own.
  if (input.faults) defines.set('IOMEM_FAULTS', '1');
  for (const [name, value] of input.defines ?? []) defines.set(name, value);
  const version = kernelVersion(input.tree);
  if (version) {
    const [major, minor, patch] = version.numbers;
    defines.set('LINUX_VERSION_CODE', String((major << 16) + (minor << 8) + Math.min(patch, 255)));
  }
  const compiled = compile({
    target: {
      wordSize: profile.wordSize,
      longLongAlign: profile.longLongAlign,
      // The kernel builds with -funsigned-char since 6.2, whatever the architecture says.
      charSigned: version && atLeast(version.numbers, 6, 2) ? false : profile.charSigned,
    },
    units,
    tree: input.tree,
    model: new MemoryTree(model),
    fromTree: [...new Set([...treeHeaders, ...(input.touchedHeaders ?? [])])],
    defines,
    ...(input.limits ? { limits: input.limits } : {}),
  });

  replaceBodies(compiled.program);
  if (input.faults) {
    const standIns = input.scenarios.flatMap((s) => (s.inside === undefined ? [] : [s.path]));
    addFaultPoints(compiled.program, new Set(input.units), new Set(standIns));
  }

  const scenarioPaths = new Set(input.scenarios.map((s) => s.path));
  const fromTree = new Set([...input.units, ...treeHeaders, ...(input.touchedHeaders ?? [])]);
  const places = new Map<Loc, SourcePlace>();
  return {
    which: input.which,
    profile,
    notes,
    compiled,
    recipe,
    files: tree.files,
    isUnderReview: (file) => fromTree.has(file) && !scenarioPaths.has(file),
    place(loc) {
      let place = places.get(loc);
      if (!place) {
        const { file, line, column } = compiled.program.locations.presumed(loc);
        place = { file, line, column, world: input.which };
        places.set(loc, place);
      }
      return place;
    },
  };
}

/** VERSION, PATCHLEVEL and SUBLEVEL of the tree's Makefile, and the whole as `6.12.117`; undefined where there are none. */
export function kernelVersion(
  tree: SourceTree,
): { readonly text: string; readonly numbers: readonly [number, number, number] } | undefined {
  const makefile = tree.read('Makefile')?.slice(0, 2000);
  if (makefile === undefined) return undefined;
  const number = (key: string): string | undefined => new RegExp(`^${key} = *(\\d{1,4})$`, 'm').exec(makefile)?.[1];
  const [version, patchLevel, subLevel] = [number('VERSION'), number('PATCHLEVEL'), number('SUBLEVEL')];
  if (version === undefined || patchLevel === undefined) return undefined;
  const extra = /^EXTRAVERSION = *(\S{1,40})$/m.exec(makefile)?.[1] ?? '';
  const text = `${version}.${patchLevel}${subLevel === undefined ? '' : `.${subLevel}`}${extra}`;
  return { text, numbers: [Number(version), Number(patchLevel), Number(subLevel ?? 0)] };
}

const atLeast = (numbers: readonly [number, number, number], major: number, minor: number): boolean =>
  numbers[0] > major || (numbers[0] === major && numbers[1] >= minor);
