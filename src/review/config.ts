import { MemoryTree, type SourceTree } from '../base/tree.ts';
import type { ArchProfile } from '../model/api.ts';
import { configured, misfit, parseConfig } from '../model/config.ts';
import { configMisfit } from './errors.ts';
import { Machines } from './machines.ts';

/** The file of a tree that holds its configuration. */
const CONFIG_FILE = '.config';

/**
 * The profile with the tree's `.config`, where there is one for its architecture. Throws what the reader says of a `.config`
 * that it cannot read.
 */
export function configuredProfile(
  tree: SourceTree,
  profile: ArchProfile,
): { readonly profile: ArchProfile; readonly notes: readonly string[] } {
  const text = tree.read(CONFIG_FILE);
  if (text === undefined) return { profile, notes: [] };
  const config = parseConfig(text, CONFIG_FILE);
  const why = misfit(config, profile);
  if (why === undefined) return { profile: configured(profile, config), notes: [] };
  return {
    profile,
    notes: [`the tree's ${CONFIG_FILE} is not one for ${profile.name} (${why}): it is not used there`],
  };
}

/**
 * A tree whose configuration is the given text. Throws what the reader says of it, and R011 where it is for another
 * architecture than `machine` (a built-in machine; others are x86_64).
 */
export function withConfig(
  tree: SourceTree | undefined,
  config: { readonly text: string; readonly name: string },
  machine = 'x86_64',
): SourceTree {
  const { profile } = new Machines().builtIn(machine) ?? new Machines().named('x86_64');
  const why = misfit(parseConfig(config.text, config.name), profile);
  if (why !== undefined) throw configMisfit(config.name, profile.name, why);
  return new MemoryTree(new Map([[CONFIG_FILE, config.text]]), tree);
}

/** The tree with these options in its `.config` under other values; as it is where it has no `.config`. */
export function withOptions(tree: SourceTree, options: ReadonlyMap<string, string>): SourceTree {
  const text = options.size === 0 ? undefined : tree.read(CONFIG_FILE);
  if (text === undefined) return tree;
  const lines = [...options].map(([name, value]) => (value === 'n' ? `# ${name} is not set` : `${name}=${value}`));
  return new MemoryTree(new Map([[CONFIG_FILE, `${text}\n${lines.join('\n')}\n`]]), tree);
}
