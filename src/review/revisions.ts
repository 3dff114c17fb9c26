import { diffArrays } from 'diff';
import { type FilePatch, type PatchMail, patchId } from '../patch/index.ts';
import { plural } from './format.ts';
import type { Finding, PatchReport, Report, RevisionFinding, RevisionMatch, RevisionReport } from './report.ts';
import { mostAlike } from './same-finding.ts';

/** Two patches of which fewer lines (per cent) are the same are different patches, as `git range-diff` has it by default. */
const LEAST_SIMILAR = 40;
/** Per cent of the lines of a patch without a partner that one patch of the other revision must have, to be told as holding it. */
const LEAST_HELD = 80;
/** Lines of one patch that are compared: more make it no more recognisable. */
const MOST_LINES = 20_000;
/** Edits between two diffs beyond which they are shown as replaced. */
const MOST_EDITS = 2_000;
/** Lines of one diff of diffs. */
const MOST_SHOWN = 400;

type Sent = Pick<PatchMail, 'subject' | 'files'>;

/**
 * Which patch of one revision became which of the next: first those with the same diff, then the most similar pairs, best
 * first; an equal subject counts as much as a fifth of the lines. Patches without a partner are added or removed.
 */
export function matchPatches(previous: readonly Sent[], current: readonly Sent[]): readonly RevisionMatch[] {
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  const ids = new Map<string, number[]>();
  for (const [index, patch] of previous.entries()) {
    const id = patchId(patch.files);
    ids.set(id, [...(ids.get(id) ?? []), index]);
  }
  for (const [index, patch] of current.entries()) {
    const same = ids.get(patchId(patch.files))?.shift();
    if (same === undefined) continue;
    partner.set(index, same);
    taken.add(same);
  }
  const exact = new Set(partner.keys());
  const bags = {
    previous: previous.map((patch) => bagOf(patch.files)),
    current: current.map((patch) => bagOf(patch.files)),
  };
  const pairs: { readonly from: number; readonly to: number; readonly score: number }[] = [];
  for (const to of current.keys()) {
    if (partner.has(to)) continue;
    for (const from of previous.keys()) {
      if (taken.has(from)) continue;
      const named = current[to]!.subject !== '' && current[to]!.subject === previous[from]!.subject;
      const score = similarity(bags.previous[from]!, bags.current[to]!) + (named ? 20 : 0);
      if (score >= LEAST_SIMILAR) pairs.push({ from, to, score });
    }
  }
  // The order of the series decides between equals, so that the answer does not depend on how pairs were found.
  pairs.sort((a, b) => b.score - a.score || a.to - b.to || a.from - b.from);
  for (const { from, to } of pairs) {
    if (partner.has(to) || taken.has(from)) continue;
    partner.set(to, from);
    taken.add(from);
  }
  const matches: RevisionMatch[] = current.map((patch, index) => {
    const { subject } = patch;
    const from = partner.get(index);
    if (from === undefined)
      return {
        current: index,
        change: 'added',
        similarity: 0,
        diff: [],
        subject,
        ...heldBy(bags.current[index]!, bags.previous),
      };
    if (exact.has(index)) return { previous: from, current: index, change: 'same', similarity: 100, diff: [], subject };
    const alike = similarity(bags.previous[from]!, bags.current[index]!);
    const diff = diffOfDiffs(previous[from]!.files, patch.files);
    return { previous: from, current: index, change: 'changed', similarity: alike, diff, subject };
  });
  const removed = [...previous.entries()].filter(([index]) => !taken.has(index));
  return [
    ...matches,
    ...removed.map(
      ([index, { subject }]): RevisionMatch => ({
        previous: index,
        change: 'removed',
        similarity: 0,
        diff: [],
        subject,
        ...heldBy(bags.previous[index]!, bags.current),
      }),
    ),
  ];
}

/** Which patch of the other revision has most of a patch's lines: it was split off from there, or went into it. */
function heldBy(patch: Bag, others: readonly Bag[]): { readonly within?: number } {
  let [within, most] = [-1, 0];
  for (const [index, other] of others.entries()) {
    const held = inBoth(patch, other);
    if (held > most) [within, most] = [index, held];
  }
  return patch.size > 0 && 100 * most >= LEAST_HELD * patch.size ? { within } : {};
}

interface Bag {
  readonly lines: ReadonlyMap<string, number>;
  readonly size: number;
}

/** The changed lines of a patch, with how often each stands there. */
function bagOf(files: readonly FilePatch[]): Bag {
  const lines = new Map<string, number>();
  let size = 0;
  for (const file of files) {
    for (const hunk of file.hunks) {
      for (const line of hunk.lines) {
        if (line.kind === ' ' || size >= MOST_LINES) continue;
        const text = `${file.newPath ?? file.oldPath ?? ''}\0${line.kind}${line.text.replace(/\s+/g, '')}`;
        lines.set(text, (lines.get(text) ?? 0) + 1);
        size++;
      }
    }
  }
  return { lines, size };
}

/** Twice what both have, of what they have together (Dice), in per cent. */
function similarity(a: Bag, b: Bag): number {
  return a.size + b.size === 0 ? 0 : Math.floor((200 * inBoth(a, b)) / (a.size + b.size));
}

function inBoth(a: Bag, b: Bag): number {
  const [small, large] = a.lines.size <= b.lines.size ? [a, b] : [b, a];
  let both = 0;
  for (const [line, count] of small.lines) both += Math.min(count, large.lines.get(line) ?? 0);
  return both;
}

/** Two diffs against each other; the first column is what the revision added or took away. Line numbers do not count. */
function diffOfDiffs(previous: readonly FilePatch[], current: readonly FilePatch[]): readonly string[] {
  const [from, to] = [linesOf(previous), linesOf(current)];
  const parts = diffArrays(from, to, { maxEditLength: MOST_EDITS });
  const out: string[] = [];
  if (!parts) return [...from.map((line) => `-${line}`), ...to.map((line) => `+${line}`)].slice(0, MOST_SHOWN);
  for (const [index, part] of parts.entries()) {
    if (part.added || part.removed) {
      for (const line of part.value) out.push(`${part.added ? '+' : '-'}${line}`);
      continue;
    }
    // Three lines around each difference, as in any diff.
    const before = index === 0 ? 0 : 3;
    const after = index === parts.length - 1 ? 0 : 3;
    if (part.value.length <= before + after) out.push(...part.value.map((line) => ` ${line}`));
    else {
      out.push(...part.value.slice(0, before).map((line) => ` ${line}`), ...(after > 0 ? ['@@'] : []));
      out.push(...part.value.slice(part.value.length - after).map((line) => ` ${line}`));
    }
    if (out.length > MOST_SHOWN) break;
  }
  return out.slice(0, MOST_SHOWN);
}

function linesOf(files: readonly FilePatch[]): string[] {
  return files.flatMap((file) => [
    `## ${file.newPath ?? file.oldPath ?? ''} ##`,
    ...file.hunks.flatMap((hunk) => [
      `@@ ${hunk.section}`.trimEnd(),
      ...hunk.lines.map((line) => line.kind + line.text),
    ]),
  ]);
}

/**
 * What an author did since the earlier revision, in text (the patches) and in behaviour (the findings). A finding of the
 * earlier one counts as gone only where the execution that showed it was made again.
 */
export function compareRevisions(
  earlier: { readonly name: string; readonly report: Report; readonly mails: readonly Sent[] },
  later: { readonly report: Report; readonly mails: readonly Sent[] },
): RevisionReport {
  const now = located(later.report);
  const before = located(earlier.report);
  const left = new Map<string, Set<Located>>();
  for (const one of now) left.set(one.finding.rule, (left.get(one.finding.rule) ?? new Set()).add(one));
  const ran = executionsOf(later.report.patches);
  const findings: RevisionFinding[] = [];
  for (const one of before) {
    const among = [...(left.get(one.finding.rule) ?? [])].filter((other) => comparable(one.finding, other.finding));
    const alike = mostAlike(
      one.finding,
      among.map((other) => other.finding),
    );
    const match = alike && among.find((other) => other.finding === alike);
    if (match) left.get(one.finding.rule)?.delete(match);
    const reached = one.finding.cases.some((c) => ran.has(`${c.scenario}\0${c.machine}`));
    const gone = one.finding.class === 'introduced' ? 'fixed' : 'vanished';
    const state = match ? 'still' : reached || later.report.patches.every(allEquivalent) ? gone : 'unknown';
    findings.push(revisionFinding(state, match?.finding ?? one.finding, one, match));
  }
  for (const one of now)
    if (left.get(one.finding.rule)?.has(one)) findings.push(revisionFinding('new', one.finding, undefined, one));
  return { previous: earlier.name, patches: matchPatches(earlier.mails, later.mails), findings };
}

interface Located {
  readonly patch: number;
  readonly finding: Finding;
}

/** What a revision is judged by: not what was there before it, and not what could not be executed. */
function located(report: Report): readonly Located[] {
  return report.patches.flatMap((patch, index) =>
    patch.findings
      .filter((finding) => finding.class !== 'existing' && finding.rule !== 'unexercised-change')
      .map((finding) => ({ patch: index, finding })),
  );
}

const comparable = (a: Finding, b: Finding): boolean =>
  a.class === b.class &&
  (a.class !== 'change' || a.after === undefined || a.after === b.after || a.at.file === b.at.file);

function revisionFinding(
  state: RevisionFinding['state'],
  { class: name, severity, rule, message }: Finding,
  previous: Located | undefined,
  current: Located | undefined,
): RevisionFinding {
  const refer = ({ patch, finding }: Located) => ({ patch, finding: finding.id });
  return {
    state,
    class: name,
    severity,
    rule,
    message,
    ...(previous ? { previous: refer(previous) } : {}),
    ...(current ? { current: refer(current) } : {}),
  };
}

function executionsOf(patches: readonly PatchReport[]): ReadonlySet<string> {
  return new Set(
    patches.flatMap((patch) =>
      [...patch.scenarios.map((s) => ({ scenario: s.name, machine: s.machine })), ...patch.bounds.explorations].map(
        ({ scenario, machine }) => `${scenario}\0${machine}`,
      ),
    ),
  );
}

/** Nothing ran because nothing could differ: then nothing does. */
const allEquivalent = (patch: PatchReport): boolean =>
  patch.functions.length > 0 && patch.functions.every((fn) => fn.equivalent);

/** The comparison as lines `since: …`. */
export function revisionLines(since: RevisionReport): readonly string[] {
  const count = (change: RevisionMatch['change']) => since.patches.filter((one) => one.change === change).length;
  const lines = [
    `since: ${since.previous}: ${plural(count('same'), 'patch', 'patches')} the same, ${count('changed')} changed, ${count('added')} added, ${count('removed')} removed`,
  ];
  const total = (side: 'previous' | 'current') => since.patches.filter((one) => one[side] !== undefined).length;
  const [then, now] = [total('previous'), total('current')];
  const moved = movedPatches(since.patches);
  for (const match of since.patches) {
    const { previous, current, change, within } = match;
    if (change === 'same' && !moved.has(match)) continue;
    const was = `${(previous ?? 0) + 1}/${then}`;
    const held = within === undefined ? '' : `${within + 1}/${change === 'added' ? then : now}`;
    const how = {
      same: `the same, was ${was}`,
      changed: `changed, ${match.similarity}% the same lines${moved.has(match) ? `, was ${was}` : ''}`,
      added: `added${held && `: its lines were in ${held}`}`,
      removed: `removed${held && `: its lines are in ${held} now`}`,
    };
    lines.push(`since: ${current === undefined ? was : `${current + 1}/${now}`} “${match.subject}” ${how[change]}`);
  }
  const words: Record<RevisionFinding['state'], string> = {
    fixed: 'reported then, fixed now',
    still: 'reported then, still there',
    new: 'new in this revision',
    vanished: 'done then, not any more',
    unknown: 'reported then, not executed now',
  };
  for (const one of since.findings)
    lines.push(`since: ${words[one.state]}: ${one.class} ${one.rule} ${one.message.replace(/\s*\n\s*/g, ' / ')}`);
  return lines;
}

/** The fewest patches that moved for the others to keep their order (all but a longest rising run of earlier places). */
function movedPatches(patches: readonly RevisionMatch[]): ReadonlySet<RevisionMatch> {
  const pairs = patches.filter((one) => one.previous !== undefined && one.current !== undefined);
  // The last pair of the shortest-ending run of each length, and what came before each pair in its run.
  const ends: RevisionMatch[] = [];
  const before = new Map<RevisionMatch, RevisionMatch | undefined>();
  for (const pair of pairs.toSorted((a, b) => a.current! - b.current!)) {
    const length = ends.findIndex((end) => end.previous! > pair.previous!);
    const at = length < 0 ? ends.length : length;
    before.set(pair, ends[at - 1]);
    ends[at] = pair;
  }
  const moved = new Set(pairs);
  for (let one = ends.at(-1); one; one = before.get(one)) moved.delete(one);
  return moved;
}
