import {
  CodeAction,
  type CodeActionContext,
  CodeActionKind,
  type CodeActionProvider,
  commands,
  type Diagnostic,
  env,
  l10n,
  languages,
  type Range,
  type TextDocument,
  window,
} from 'vscode';
import type { Finding, PatchReport, SearchDifference } from '../../review/report.ts';
import { readAddress } from '../addresses.ts';
import { patchSelector } from '../code-lens.ts';
import { Owner } from '../disposable.ts';
import { type FoundFinding, findFinding } from '../documents.ts';
import type { Reviews } from '../reviews.ts';
import { reviewFor } from '../view-commands.ts';
import type { DeskComments } from './comments.ts';
import { keepScenario } from './kept.ts';
import type { DeskNode } from './nodes.ts';
import type { DeskStore } from './store.ts';

/** Quick fixes of findings, and the commands behind them: proof, scenario, comment, dismissal. */
export class DeskActions extends Owner implements CodeActionProvider {
  readonly #reviews: Reviews;
  readonly #store: DeskStore;

  constructor(reviews: Reviews, store: DeskStore, comments: DeskComments) {
    super();
    this.#reviews = reviews;
    this.#store = store;
    const kinds = { providedCodeActionKinds: [CodeActionKind.QuickFix] };
    const selector = [...(Array.isArray(patchSelector) ? patchSelector : [patchSelector]), { language: 'c' }];
    this.own(languages.registerCodeActionsProvider(selector, this, kinds));
    const on = (name: string, run: (found: FoundFinding, more: unknown) => unknown) =>
      this.own(
        commands.registerCommand(`iomemReview.${name}`, async (what: unknown, id: unknown, more: unknown) => {
          const found = await this.#find(what, id);
          return found && run(found, more);
        }),
      );
    on('dismissFinding', ({ finding }, reason) => this.#dismiss(finding, reason));
    on('restoreFinding', ({ finding }) => store.dismiss(finding, undefined));
    on('adoptFinding', ({ review, report, finding }) => comments.adopt(review, report, finding));
    on('copyScenario', async ({ report, finding }) => {
      const source = report.scenarios.find((one) => one.name === finding.proof.scenario)?.source;
      if (source === undefined) window.showInformationMessage(l10n.t('The report does not hold this scenario.'));
      else await env.clipboard.writeText(source);
    });
    on('keepScenario', ({ review, report, finding }) => {
      const source = report.scenarios.find((one) => one.name === finding.proof.scenario)?.source;
      if (source !== undefined) return keepScenario(review.patch, finding.proof.scenario, source);
      window.showInformationMessage(l10n.t('The report does not hold this scenario.'));
      return undefined;
    });
    on('copyKunit', async ({ report, finding }) => {
      const text = foundOf(report, finding)?.kunit;
      if (text === undefined) window.showInformationMessage(l10n.t('There is no KUnit case of this finding.'));
      else await env.clipboard.writeText(text);
    });
    on('copyLitmus', async ({ report, finding }) => {
      const text = foundOf(report, finding)?.litmus;
      if (text === undefined) window.showInformationMessage(l10n.t('There is no litmus program of this finding.'));
      else await env.clipboard.writeText(text);
    });
    on('copyReplay', ({ finding }) => env.clipboard.writeText(replayCommand(finding)));
  }

  provideCodeActions(document: TextDocument, _range: Range, context: CodeActionContext): CodeAction[] {
    const found = context.diagnostics
      .filter((one) => one.source === 'Iomem Review')
      .flatMap((diagnostic) => {
        const finding = this.#ofDiagnostic(document, diagnostic);
        return finding ? [{ diagnostic, finding }] : [];
      });
    return found.flatMap(({ diagnostic, finding }) => actionsFor(diagnostic, finding, this.#store, found.length > 1));
  }

  /** The proof that a diagnostic leads to names its finding. */
  #ofDiagnostic(_document: TextDocument, diagnostic: Diagnostic): FoundFinding | undefined {
    for (const { location } of diagnostic.relatedInformation ?? []) {
      const address = readAddress(location.uri);
      if (address?.kind === 'proof') return findFinding(this.#reviews.get(address.patch), address.finding);
    }
    return undefined;
  }

  /** A node of the view, or a patch and the id of a finding. */
  async #find(what: unknown, id: unknown): Promise<FoundFinding | undefined> {
    const node = what as DeskNode | undefined;
    if (node?.kind === 'finding') {
      const report = node.review.result?.report.patches[node.patch];
      return report && { review: node.review, report, finding: node.finding };
    }
    return typeof id === 'string' ? findFinding(await reviewFor(this.#reviews, what), id) : undefined;
  }

  async #dismiss(finding: Finding, given: unknown): Promise<void> {
    const prompt = l10n.t('Why is this no matter? It is kept in this workspace, over revisions.');
    const reason = typeof given === 'string' ? given : await window.showInputBox({ prompt });
    if (reason !== undefined) this.#store.dismiss(finding, reason.trim() || l10n.t('no reason given'));
  }
}

/** `named`: where several findings are told at one line, each action says which it is about. */
function actionsFor(
  diagnostic: Diagnostic,
  { review, report, finding }: FoundFinding,
  store: DeskStore,
  named: boolean,
): CodeAction[] {
  const action = (text: string, command: string) => {
    const title = named ? `${finding.rule} (${finding.proof.scenario}): ${text}` : text;
    const one = new CodeAction(title, CodeActionKind.QuickFix);
    one.command = { command: `iomemReview.${command}`, title, arguments: [review.patch, finding.id] };
    one.diagnostics = [diagnostic];
    return one;
  };
  const found = foundOf(report, finding);
  return [
    action(l10n.t('Show the proof'), 'showProof'),
    action(l10n.t('Debug the proof'), 'debugProof'),
    action(l10n.t('Show the address map'), 'showMap'),
    action(l10n.t('Make a comment of it'), 'adoptFinding'),
    action(l10n.t('Copy the scenario'), 'copyScenario'),
    action(l10n.t('Keep the scenario in the workspace'), 'keepScenario'),
    ...(found?.kunit === undefined ? [] : [action(l10n.t('Copy as KUnit test'), 'copyKunit')]),
    ...(found?.litmus === undefined ? [] : [action(l10n.t('Copy as C11 litmus program'), 'copyLitmus')]),
    action(l10n.t('Copy the command that replays it'), 'copyReplay'),
    store.dismissal(finding)
      ? action(l10n.t('Take it back: not dismissed'), 'restoreFinding')
      : action(l10n.t('Dismiss it, with a reason…'), 'dismissFinding'),
  ];
}

/** Of a finding that a search for calls made: what it is exported as besides. */
export const foundOf = (report: PatchReport, { proof, rule }: Finding): SearchDifference | undefined =>
  report.search?.differences.find((one) => one.scenario === proof.scenario && one.rule === rule);

function replayCommand({ proof }: Finding): string {
  const name = `${proof.scenario.replace(/^.*\//, '').replace(/\.c$/, '')}.c`.replace(/[^\w.-]/g, '_');
  const schedule = proof.schedule === undefined ? '' : ` --schedule ${proof.schedule.replace(/[^\w.-]/g, '')}`;
  return `iomem-review run ${name} --tree . --patch PATCH --machine ${proof.machine.replace(/[^\w.-]/g, '_')}${schedule} --trace`;
}
