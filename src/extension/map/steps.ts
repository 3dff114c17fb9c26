import {
  type DecorationOptions,
  debug,
  l10n,
  Range,
  type TextEditor,
  TextEditorRevealType,
  ThemeColor,
  type ViewColumn,
  window,
  workspace,
} from 'vscode';
import type { FromMap, ToMap } from '../../protocol.ts';
import { readAddress } from '../addresses.ts';
import { Owner } from '../disposable.ts';
import { locate } from '../places.ts';
import type { Review } from '../reviews.ts';
import type { ExecutionValues } from '../values.ts';
import { CancelledError, type WorkerClient } from '../worker-client.ts';
import { InlineValues } from './inline-values.ts';
import { askTimelines } from './timeline-request.ts';

type Asked = Extract<FromMap, { type: 'timeline' }>;
type Step = Extract<FromMap, { type: 'step' }>;

/** The timeline's side in the editor: replays schedules, marks the line of its step, and tells it the line a person is on. */
export class MapSteps extends Owner {
  readonly #worker: WorkerClient;
  readonly #post: (message: ToMap) => void;
  /** The column for sources. */
  readonly #column: () => ViewColumn;
  readonly #line = this.own(
    window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new ThemeColor('editor.stackFrameHighlightBackground'),
      overviewRulerColor: new ThemeColor('editorOverviewRuler.infoForeground'),
    }),
  );
  readonly #inline: InlineValues;
  #running: AbortController | undefined;
  #marked: TextEditor | undefined;
  /** Steps come faster than editors open: only the last one counts. */
  #latest = 0;

  constructor(worker: WorkerClient, values: ExecutionValues, post: (message: ToMap) => void, column: () => ViewColumn) {
    super();
    this.#inline = this.own(new InlineValues(values));
    this.#column = column;
    this.#worker = worker;
    this.#post = post;
    this.own(
      window.onDidChangeTextEditorSelection(({ textEditor, kind, selections }) => {
        const [first] = selections;
        // What a person does, not what we select ourselves.
        if (kind === undefined || !first?.isEmpty || !this.#following) return;
        // The lines that a debugger goes to are no wish of a person: the timeline follows where it stands.
        if (debug.activeDebugSession?.type === 'iomem-review') return;
        const { uri } = textEditor.document;
        const address = readAddress(uri);
        const line = first.active.line + 1;
        if (address?.kind === 'before' || address?.kind === 'after')
          this.#post({ type: 'line', file: address.path, line, world: address.kind });
        else if (address?.kind === 'scenario') this.#post({ type: 'line', file: address.scenario, line });
        else this.#post({ type: 'line', file: workspace.asRelativePath(uri, false), line });
      }),
    );
  }

  /** A timeline is shown. */
  #following = false;

  clear(): void {
    this.#latest++;
    this.#following = false;
    this.#running?.abort();
    this.#marked?.setDecorations(this.#line, []);
    this.#marked = undefined;
    this.#inline.clear();
  }

  override dispose(): void {
    this.clear();
    super.dispose();
  }

  async replay(review: Review, { key, patch, scenario, schedule }: Asked): Promise<void> {
    const shown = review.result?.report.patches[patch]?.scenarios[scenario];
    if (!shown) return;
    this.#running?.abort();
    const controller = new AbortController();
    this.#running = controller;
    try {
      const timelines = await askTimelines(this.#worker, review, patch, shown, schedule, controller.signal);
      if (!timelines) return;
      this.#following = true;
      this.#inline.follow(review, patch, shown, schedule);
      this.#post({ type: 'timeline', key, timelines });
    } catch (error) {
      if (error instanceof CancelledError) return;
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      this.#post({ type: 'noTimeline', key, reason });
    }
  }

  /** Shows the line of a step without taking the focus. */
  async mark(review: Review, step: Step): Promise<void> {
    const { patch, place, text } = step;
    const mine = ++this.#latest;
    const report = review.result?.report.patches[patch];
    const location = place && report && locate(review, report, place);
    if (!location) {
      this.#marked?.setDecorations(this.#line, []);
      this.#inline.hide();
      return;
    }
    const document = await workspace.openTextDocument(location.uri);
    if (mine !== this.#latest) return;
    const editor = await window.showTextDocument(document, {
      viewColumn: this.#column(),
      preserveFocus: true,
      preview: true,
    });
    if (mine !== this.#latest) return;
    if (this.#marked && this.#marked !== editor) this.#marked.setDecorations(this.#line, []);
    this.#marked = editor;
    const { line } = location.range.start;
    const range = new Range(line, 0, line, 0);
    const decoration: DecorationOptions = {
      range,
      hoverMessage: l10n.t('The step that the timeline shows'),
      renderOptions: {
        after: { contentText: `   ${text.slice(0, 160)}`, color: new ThemeColor('editorCodeLens.foreground') },
      },
    };
    editor.setDecorations(this.#line, [decoration]);
    editor.revealRange(range, TextEditorRevealType.InCenterIfOutsideViewport);
    await this.#inline.show(review, step, () => mine === this.#latest);
  }
}
