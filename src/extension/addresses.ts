import { Uri } from 'vscode';
import type { World } from '../review/report.ts';

/** Documents of ours that no disk holds. What each shows follows from its address alone. */
export const scheme = 'iomem-review';

/** Which document an address of ours means. `patch` is the address of the reviewed patch. */
export type Address =
  | { readonly kind: 'commit'; readonly root: Uri; readonly revision: string }
  | { readonly kind: 'range'; readonly root: Uri; readonly from: string; readonly to: string }
  | { readonly kind: 'worktree'; readonly root: Uri }
  | { readonly kind: 'before' | 'after'; readonly patch: Uri; readonly index: number; readonly path: string }
  | { readonly kind: 'proof'; readonly patch: Uri; readonly finding: string }
  | { readonly kind: 'scenario'; readonly patch: Uri; readonly scenario: string }
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'model'; readonly path: string };

const make = (kind: Address['kind'], path: string, query: Record<string, string>): Uri =>
  Uri.from({ scheme, authority: kind, path: `/${path}`, query: JSON.stringify(query) });
/** What a tab may show: no separators, no control characters. */
const title = (text: string): string => text.replace(/[\p{Cc}/\\:]+/gu, ' ').slice(0, 80);

export const commitAddress = (root: Uri, revision: string, subject: string): Uri =>
  make('commit', `${revision.slice(0, 12)} ${title(subject)}.patch`, { root: root.toString(), revision });
/** `from` and `to` are hashes: the commits behind the one, up to and with the other. */
export const rangeAddress = (root: Uri, from: string, to: string, name: string): Uri =>
  make('range', `${title(name)}.mbox`, { root: root.toString(), from, to });
export const worktreeAddress = (root: Uri): Uri => make('worktree', 'working tree.patch', { root: root.toString() });
/** `index`: which patch of the document, from 0. */
export const sideAddress = (patch: Uri, index: number, world: World, path: string): Uri =>
  make(world, path, { patch: patch.toString(), index: String(index), path });
export const proofAddress = (patch: Uri, finding: { readonly id: string; readonly rule: string }): Uri =>
  make('proof', `proof of ${title(finding.rule)}.txt`, { patch: patch.toString(), finding: finding.id });
export const scenarioAddress = (patch: Uri, scenario: string): Uri =>
  make('scenario', `${title(scenario.replace(/^.*\//, '').replace(/\.c$/, ''))}.c`, {
    patch: patch.toString(),
    scenario,
  });

export const ruleAddress = (rule: string): Uri => make('rule', `${title(rule)}.md`, { rule });

/** A file of the modelled kernel, by its path there. */
export const modelAddress = (path: string): Uri => make('model', path, { path });

/** Reads an address of ours; undefined for any other, and for a damaged one. */
export function readAddress(uri: Uri): Address | undefined {
  if (uri.scheme !== scheme) return undefined;
  let query: unknown;
  try {
    query = JSON.parse(uri.query);
  } catch {
    return undefined;
  }
  if (typeof query !== 'object' || query === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(query));
  const text = (name: string): string => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const kind = uri.authority;
  switch (kind) {
    case 'commit':
      return { kind, root: Uri.parse(text('root')), revision: text('revision') };
    case 'range':
      return { kind, root: Uri.parse(text('root')), from: text('from'), to: text('to') };
    case 'worktree':
      return { kind, root: Uri.parse(text('root')) };
    case 'before':
    case 'after':
      return { kind, patch: Uri.parse(text('patch')), index: Number(text('index')), path: text('path') };
    case 'proof':
      return { kind, patch: Uri.parse(text('patch')), finding: text('finding') };
    case 'scenario':
      return { kind, patch: Uri.parse(text('patch')), scenario: text('scenario') };
    case 'rule':
      return { kind, rule: text('rule') };
    case 'model':
      return { kind, path: text('path') };
    default:
      return undefined;
  }
}
