import { normalise } from './includes.ts';

/*
 * The Makefiles that say how a unit of the tree is compiled. Trees are only read by path: a directory is found by its name in
 * another Makefile.
 */

/** Characters of one Makefile, levels of directories and neighbours looked at. */
const MAX_CHARACTERS = 262_144;
const MAX_LEVELS = 12;
const MAX_NEIGHBOURS = 8;
/** Variables inside of variables, and how many are expanded for one Makefile. */
const MAX_DEPTH = 8;
const MAX_EXPANSIONS = 1000;

export interface Makefile {
  readonly text: string;
  /** The directory in which it stands, with its `/`. */
  readonly directory: string;
}
type Read = (path: string) => string | undefined;

/** The Makefile of the unit's directory, and one beside it that includes that (amdgpu's is amdkfd's too). */
export function makefilesOf(unit: string, read: Read): readonly Makefile[] {
  const directory = unit.slice(0, unit.lastIndexOf('/') + 1);
  const own = makefilesIn(directory, read);
  if (directory === '') return own;
  const name = /([^/]+)\/$/.exec(directory)![1]!;
  const found = [...own];
  let looked = 0;
  let above = parent(directory);
  for (let level = 0; level < MAX_LEVELS && above !== ''; level++, above = parent(above)) {
    // `obj-y += amd/amdgpu/` in drivers/gpu/drm, for a unit in drivers/gpu/drm/amd/amdkfd.
    const first = directory.slice(above.length).split('/', 1)[0]!;
    for (const { text } of makefilesIn(above, read))
      for (const [, below] of text.matchAll(/[\s=]([\w.-]{1,60}\/[\w./-]{1,100}\/)(?=\s|$)/g)) {
        if (!below!.startsWith(`${first}/`) || above + below! === directory || ++looked > MAX_NEIGHBOURS) continue;
        for (const neighbour of makefilesIn(above + below!, read))
          if (
            neighbour.text
              .split('\n')
              .some((l) => l.startsWith('include ') && l.trimEnd().endsWith(`/${name}/Makefile`))
          )
            found.push(neighbour);
      }
  }
  return found;
}

const parent = (directory: string): string => directory.slice(0, directory.slice(0, -1).lastIndexOf('/') + 1);

function makefilesIn(directory: string, read: Read): readonly Makefile[] {
  return ['Makefile', 'Kbuild'].flatMap((file) => {
    const text = read(`${directory}${file}`);
    return text === undefined ? [] : [{ text: text.slice(0, MAX_CHARACTERS), directory }];
  });
}

/** What it adds with `-I`, as paths of the tree. `$(src)` is its directory; variables that it does not set name the root. */
export function includeDirectories({ text, directory }: Makefile): readonly string[] {
  const variables = new Map([['src', directory.slice(0, -1)]]);
  for (const [, name, value] of text.matchAll(/^(\w{1,60})[ \t]{0,8}:?=[ \t]{0,8}([^\s#]{1,200})[ \t]*$/gm))
    if (!variables.has(name!)) variables.set(name!, value!);
  let left = MAX_EXPANSIONS;
  const expand = (value: string, depth: number): string =>
    value.replace(/\$\((\w{1,60})\)\/?/g, (_, name: string) => {
      const set = variables.get(name);
      return set === undefined || depth > MAX_DEPTH || left-- <= 0 ? '' : `${expand(set, depth + 1)}/`;
    });
  const found: string[] = [];
  for (const [, value] of text.matchAll(/-I ?([^\s\\]{1,300})/g)) {
    const path = normalise(expand(value!, 0).slice(0, 1000).replace(/^\/+/, ''));
    if (path !== undefined && path !== '') found.push(path);
  }
  return found;
}
