import { type DecorationOptions, Range, type TextEditor, ThemeColor, window } from 'vscode';
import type { Sample } from '../../debug/proof-values.ts';
import type { FromMap } from '../../protocol.ts';
import { printable } from '../../review/printable.ts';
import type { ScenarioResult, World } from '../../review/report.ts';
import { readAddress } from '../addresses.ts';
import { Owner } from '../disposable.ts';
import { locate } from '../places.ts';
import type { Review } from '../reviews.ts';
import { type ExecutionValues, patchOffset, valuesAtStep } from '../values.ts';

type Step = Extract<FromMap, { type: 'step' }>;
interface Followed {
  readonly patch: number;
  readonly shown: ScenarioResult;
  readonly schedule: string;
}
/** Characters behind one line. */
const LONGEST = 140;

/** While the timeline replays an execution: behind each line what its variables held, on the source and on the patch's lines. */
export class InlineValues extends Owner {
  readonly #values: ExecutionValues;
  readonly #type = this.own(window.createTextEditorDecorationType({}));
  #followed: Followed | undefined;
  #shown: (() => void) | undefined;

  constructor(values: ExecutionValues) {
    super();
    this.#values = values;
    // Another editor may show one of the documents: it gets the values of the step that is shown.
    this.own(window.onDidChangeVisibleTextEditors(() => this.#shown?.()));
  }

  follow(review: Review, patch: number, shown: ScenarioResult, schedule: string): void {
    this.#followed = { patch, shown, schedule };
    // Executed while the person reads the first step.
    void this.#values.of(review, patch, shown, schedule);
  }

  clear(): void {
    this.#followed = undefined;
    this.hide();
  }

  hide(): void {
    this.#shown = undefined;
    for (const editor of window.visibleTextEditors) editor.setDecorations(this.#type, []);
  }

  /** Of one step; where another one is wanted meanwhile, nothing. */
  async show(review: Review, { patch, world, step }: Step, wanted: () => boolean): Promise<void> {
    const followed = this.#followed;
    if (!followed || followed.patch !== patch || world === undefined || step === undefined) {
      this.hide();
      return;
    }
    const values = await this.#values.of(review, patch, followed.shown, followed.schedule);
    if (!wanted()) return;
    const found = values?.worlds[world];
    const samples = found ? valuesAtStep(found, step) : [];
    this.#shown = () => {
      for (const editor of window.visibleTextEditors)
        editor.setDecorations(this.#type, decorationsIn(editor, review, patch, world, samples));
    };
    this.#shown();
  }
}

function decorationsIn(
  { document }: TextEditor,
  review: Review,
  patch: number,
  world: World,
  samples: readonly Sample[],
): readonly DecorationOptions[] {
  const report = review.result?.report.patches[patch];
  if (!report) return [];
  const uri = document.uri.toString();
  const isPatch = uri === review.patch.toString();
  const address = readAddress(document.uri);
  // Most editors have nothing to do with it: files are located once each.
  const files = new Map<string, boolean>();
  const isHere = (file: string): boolean => {
    let here = files.get(file);
    if (here === undefined) {
      here =
        address?.kind === 'before' || address?.kind === 'after'
          ? address.kind === world && address.path === file && address.index === patch
          : locate(review, report, { file, line: 1, world })?.uri.toString() === uri;
      files.set(file, here);
    }
    return here;
  };
  const offset = patchOffset(review, patch);
  const byLine = new Map<number, Map<string, string>>();
  for (const sample of samples) {
    for (const { text, line, value } of sample.values) {
      const delta = line - sample.line;
      const at = isPatch
        ? sample.patchLine === undefined
          ? undefined
          : sample.patchLine + offset + delta - 1
        : isHere(sample.file)
          ? line - 1
          : undefined;
      if (at === undefined || at >= document.lineCount) continue;
      // The rest of a statement may be no line of the patch.
      if (isPatch && delta > 0 && !document.lineAt(at).text.includes(text.split(' ')[0]!)) continue;
      const known = byLine.get(at) ?? new Map<string, string>();
      byLine.set(at, known.set(text, value));
    }
  }
  return [...byLine].map(([line, values]) => {
    const text = printable([...values].map(([name, value]) => `${name} = ${value}`).join(', ')).replaceAll('\n', ' ');
    const end = document.lineAt(line).range.end.character;
    return {
      range: new Range(line, end, line, end),
      renderOptions: {
        after: {
          contentText: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text,
          color: new ThemeColor('editor.inlineValuesForeground'),
          backgroundColor: new ThemeColor('editor.inlineValuesBackground'),
          margin: '0 0 0 2ch',
        },
      },
    };
  });
}
