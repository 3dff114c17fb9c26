import {
  Hover,
  type HoverProvider,
  l10n,
  languages,
  MarkdownString,
  type Position,
  Range,
  type TextDocument,
} from 'vscode';
import type { ChangedGroup, ChangedPlace, Series, ValueRow } from '../debug/proof-values.ts';
import { printable } from '../review/printable.ts';
import type { Finding, PatchReport, ScenarioResult } from '../review/report.ts';
import { readAddress, scheme } from './addresses.ts';
import { patchSelector } from './code-lens.ts';
import { Owner } from './disposable.ts';
import { lineOnDisk } from './places.ts';
import { appendPlain } from './plain-text.ts';
import type { Review, Reviews } from './reviews.ts';
import { pathBelow } from './tree.ts';
import { type ExecutionValues, patchOffset, seriesText } from './values.ts';

/** Proofs that are executed for one line until one comes by there. */
const MOST_PROOFS = 3;
const MOST_ROWS = 8;

/** A changed line that a person points at. */
interface Target {
  readonly review: Review;
  readonly index: number;
  readonly report: PatchReport;
  /** Whether it is this line of the execution's patch. */
  is(group: ChangedGroup, place: ChangedPlace): boolean;
  /** 1-based line of the document's patch, where that is known: proofs told near it come first. */
  readonly patchLine?: number;
  /** 1-based column in the source. */
  readonly column: number;
}

/** On changed lines: what their expressions had for values before and after the patch, in the execution that proves a finding. */
export class ValueHover extends Owner implements HoverProvider {
  readonly #reviews: Reviews;
  readonly #values: ExecutionValues;

  constructor(reviews: Reviews, values: ExecutionValues) {
    super();
    this.#reviews = reviews;
    this.#values = values;
    const patches = Array.isArray(patchSelector) ? patchSelector : [patchSelector];
    this.own(languages.registerHoverProvider([...patches, { language: 'c' }, { scheme, language: 'c' }], this));
  }

  async provideHover(document: TextDocument, position: Position): Promise<Hover | undefined> {
    for (const target of this.#targets(document, position)) {
      for (const { shown, schedule } of proofsNear(target)) {
        const values = await this.#values.of(target.review, target.index, shown, schedule);
        const found = values && rowsAt(values.groups, target);
        if (found) return hoverOf(document, position, shown, schedule, found);
      }
    }
    return undefined;
  }

  #targets(document: TextDocument, position: Position): readonly Target[] {
    const line = position.line + 1;
    const own = this.#reviews.get(document.uri);
    if (own?.state === 'done') {
      const text = document.lineAt(position.line).text;
      if (!/^(?:> ?)?[+-]/.test(text)) return [];
      const sign = text.search(/[+-]/);
      return (own.result?.report.patches ?? []).flatMap((report, index) => {
        const hunks = report.files.flatMap((file) => file.hunks);
        if (!hunks.some((hunk) => hunk.patchLine < line && line <= hunk.patchEndLine)) return [];
        const offset = patchOffset(own, index);
        const is: Target['is'] = (_, place) => place.patchLine + offset === line;
        return [{ review: own, index, report, is, patchLine: line, column: position.character - sign }];
      });
    }
    const address = readAddress(document.uri);
    const column = position.character + 1;
    if (address?.kind === 'before' || address?.kind === 'after') {
      const review = this.#reviews.get(address.patch);
      const report = review?.result?.report.patches[address.index];
      if (!review || !report?.coverage.some((one) => one.line === line && one.world === address.kind)) return [];
      return [{ review, index: address.index, report, is: isLine(address.path, address.kind, line), column }];
    }
    if (address || document.languageId !== 'c') return [];
    return this.#reviews.all().flatMap((review) => {
      const path = review.tree?.root && pathBelow(review.tree.root, document.uri);
      if (path === undefined || review.state !== 'done') return [];
      return (review.result?.report.patches ?? []).flatMap((report, index): Target[] => {
        // The disk has one of the two worlds' lines.
        const world = report.direction === 'reverse' ? 'after' : 'before';
        const here = report.coverage.find(
          (one) => one.world === world && one.file === path && lineOnDisk(review, report, one) === position.line,
        );
        if (!here) return [];
        return [{ review, index, report, is: isLine(path, world, here.line), patchLine: here.patchLine, column }];
      });
    });
  }
}

const isLine =
  (path: string, world: ChangedPlace['world'], line: number): Target['is'] =>
  (group, place) =>
    place.world === world && place.line === line && (world === 'before' ? group.oldPath : group.path) === path;

interface ShownProof {
  readonly shown: ScenarioResult;
  readonly schedule: string;
}

/** Executions that prove something of a patch, those told at the line or nearest to it first. */
function proofsNear({ report, patchLine }: Target): readonly ShownProof[] {
  const far = (finding: Finding): number =>
    patchLine === undefined || finding.patchLine === undefined ? 1e9 : Math.abs(finding.patchLine - patchLine);
  const sorted = report.findings
    .filter(({ proof, rule }) => proof.kunit === undefined && rule !== 'unexercised-change')
    .toSorted((a, b) => Number(a.class === 'existing') - Number(b.class === 'existing') || far(a) - far(b));
  const found = new Map<string, ShownProof>();
  for (const { proof } of sorted) {
    const shown = report.scenarios.find((one) => one.name === proof.scenario && one.machine === proof.machine);
    const schedule = proof.schedule ?? '';
    if (shown) found.set([shown.name, shown.machine, schedule].join('\0'), { shown, schedule });
    if (found.size === MOST_PROOFS) break;
  }
  return [...found.values()];
}

interface FoundRows {
  readonly rows: readonly ValueRow[];
  readonly place: ChangedPlace;
  readonly under: ValueRow | undefined;
}

/** What is known of the expressions on the line; what the person points at comes first, then what differs. */
function rowsAt(groups: readonly ChangedGroup[], target: Target): FoundRows | undefined {
  for (const group of groups) {
    const place = group.lines.find((one) => target.is(group, one));
    if (!place) continue;
    const here = ({ at }: ValueRow) =>
      at.filter((one) => one.world === place.world && one.line <= place.line && place.line <= one.endLine);
    const rows = group.rows.filter((row) => here(row).length > 0);
    if (rows.length === 0) return undefined;
    const { column } = target;
    const under = rows
      .filter((row) =>
        here(row).some((one) => one.line === one.endLine && one.column <= column && column < one.endColumn),
      )
      .sort((a, b) => a.text.length - b.text.length)[0];
    const rank = (row: ValueRow): number => (row === under ? 0 : differs(row) ? 1 : 2);
    return { rows: rows.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_ROWS), place, under };
  }
  return undefined;
}

const textOf = ({ values }: ValueRow, world: 'before' | 'after'): string | undefined => {
  const series = values[world];
  return series && seriesText(series);
};
/** Other values, not only another number of them. */
const differs = ({ values: { before, after } }: ValueRow): boolean => distinct(before) !== distinct(after);
const distinct = (series: Series | undefined): string | undefined =>
  series && JSON.stringify([...new Set([...series.first, ...series.last])]);

function hoverOf(
  document: TextDocument,
  position: Position,
  { name, machine }: ScenarioResult,
  schedule: string,
  { rows, place, under }: FoundRows,
): Hover {
  const text = new MarkdownString();
  text.appendMarkdown(`**${l10n.t('Values in the proving scenario')}** `);
  appendPlain(text, printable(`${name}, ${machine}${schedule === '' ? '' : `, ${schedule}`}`));
  const none = l10n.t('not reached, or not there');
  const lines = rows.flatMap((row) => [
    row.text,
    `  ${differs(row) ? '≠' : ' '} ${l10n.t('before: {0}', textOf(row, 'before') ?? none)}`,
    `  ${differs(row) ? '≠' : ' '} ${l10n.t('after: {0}', textOf(row, 'after') ?? none)}`,
  ]);
  text.appendCodeblock(printable(lines.join('\n')), 'text');
  const stretch = under?.at.find((one) => one.world === place.world && one.line === place.line);
  if (!stretch) return new Hover(text);
  // In a patch the source begins behind its sign.
  const shift = document.lineAt(position.line).text.indexOf(under!.text.split(' ')[0]!, stretch.column - 1);
  const start = shift < 0 ? position.character : shift;
  return new Hover(text, new Range(position.line, start, position.line, start + stretch.endColumn - stretch.column));
}
