import { plural } from './format.ts';
import type { Finding, PatchReport, SeriesLife, SeriesReport } from './report.ts';
import { mostAlike, undoes } from './same-finding.ts';

/**
 * What the patches of a series do to each other: each was executed against the one before it, so a problem that one
 * introduces and a later one repairs is known with both ends. Undefined for a single patch.
 */
export function seriesReport(patches: readonly PatchReport[]): SeriesReport | undefined {
  if (patches.length < 2) return undefined;
  const lives: SeriesLife[] = [];
  for (const [from, patch] of patches.entries()) {
    for (const finding of patch.findings) {
      if (finding.class === 'introduced' && finding.rule !== 'unexercised-change')
        lives.push(lifeOf(finding, from, endOf(finding, patches, from)));
      // That a loop goes around as often as before again is no news.
      if (finding.class === 'change' && finding.severity !== 'info') {
        const to = undoneBy(finding, patches, from);
        if (to) lives.push(lifeOf(finding, from, to));
      }
    }
  }
  return { patches: patches.length, lives };
}

interface End {
  readonly patch: number;
  readonly finding: string;
}

function lifeOf(finding: Finding, from: number, to: End | undefined): SeriesLife {
  const { id, rule, severity, message } = finding;
  const kind = finding.class === 'change' ? 'change' : 'defect';
  return { kind, rule, severity, message, from: { patch: from, finding: id }, ...(to ? { to } : {}) };
}

/** The first later patch in whose after world the problem is gone. A patch that still has it says so (`existing`). */
function endOf(finding: Finding, patches: readonly PatchReport[], from: number): End | undefined {
  for (let later = from + 1; later < patches.length; later++) {
    const among = patches[later]!.findings.filter((one) => one.class === 'fixed' || one.class === 'existing');
    const alike = mostAlike(finding, among);
    if (alike?.class === 'fixed') return { patch: later, finding: alike.id };
  }
  return undefined;
}

function undoneBy(finding: Finding, patches: readonly PatchReport[], from: number): End | undefined {
  for (let later = from + 1; later < patches.length; later++) {
    const undo = patches[later]!.findings.find((one) => one.class === 'change' && undoes(one, finding));
    if (undo) return { patch: later, finding: undo.id };
  }
  return undefined;
}

/** `2/5 “subject”`: by the number that the mail has, else by its place. */
export function patchName(patches: readonly PatchReport[], index: number): string {
  const patch = patches[index];
  const number = patch?.series?.number ?? index + 1;
  const of = patch?.series?.of ?? patches.length;
  return `${number}/${of} “${patch?.subject || patch?.input || ''}”`;
}

/** One sentence for each life that has ended, or that a reader must know to be still there. */
export function lifeText(life: SeriesLife, patches: readonly PatchReport[]): string {
  const what = `${life.rule}: ${life.message.replace(/\s*\n\s*/g, ' / ')}`;
  const from = patchName(patches, life.from.patch);
  if (life.kind === 'change')
    return `${what}; changed by ${from}, changed back by ${patchName(patches, life.to?.patch ?? -1)}`;
  if (!life.to) return `${what}; introduced by ${from}, still there after the last patch`;
  return `${what}; introduced by ${from}, fixed by ${patchName(patches, life.to.patch)}: bisecting stops between them`;
}

/** The story of a series as lines `series: …`. */
export function seriesLines(series: SeriesReport, patches: readonly PatchReport[]): readonly string[] {
  const defects = series.lives.filter((life) => life.kind === 'defect');
  const inside = defects.filter((life) => life.to).length;
  const lines = [
    `series: ${plural(series.patches, 'patch', 'patches')}, each executed against the one before it: ` +
      `${plural(inside, 'defect')} introduced and fixed inside, ${defects.length - inside} left after the last patch`,
  ];
  return [...lines, ...series.lives.map((life) => `series: ${lifeText(life, patches)}`)];
}
