import {
  type CancellationToken,
  CancellationTokenSource,
  LanguageModelTextPart,
  type LanguageModelToolInvocationOptions,
  LanguageModelToolResult,
  l10n,
  lm,
  Uri,
  workspace,
} from 'vscode';
import { explainRule, reviewTool, ruleTool } from '../../review/agent-tools.ts';
import { exportReport } from '../../review/export/exports.ts';
import { Owner } from '../disposable.ts';
import type { Reviews } from '../reviews.ts';

interface ReviewInput {
  readonly patch?: string;
  readonly uri?: string;
  readonly format?: string;
}

/** The review as tools for language models; the same report as everywhere. */
export class DeskTools extends Owner {
  constructor(reviews: Reviews) {
    super();
    // An editor that is a little older, or a product without it, has no such thing.
    if (typeof lm?.registerTool !== 'function') return;
    this.own(
      lm.registerTool<ReviewInput>(reviewTool.name, {
        invoke: (options, token) => reviewFor(reviews, options, token),
        prepareInvocation: () => ({ invocationMessage: l10n.t('Executing the patch before and after') }),
      }),
    );
    this.own(
      lm.registerTool<{ readonly rule?: string }>(ruleTool.name, {
        invoke: ({ input }) => said(explainRule(input.rule)),
      }),
    );
  }
}

const said = (text: string): LanguageModelToolResult => new LanguageModelToolResult([new LanguageModelTextPart(text)]);

async function reviewFor(
  reviews: Reviews,
  { input }: LanguageModelToolInvocationOptions<ReviewInput>,
  token: CancellationToken = new CancellationTokenSource().token,
): Promise<LanguageModelToolResult> {
  const patch =
    input.uri === undefined
      ? (await workspace.openTextDocument({ language: 'diff', content: input.patch ?? '' })).uri
      : Uri.parse(input.uri, true);
  const controller = new AbortController();
  const listener = token.onCancellationRequested(() => controller.abort());
  try {
    const { result } = await reviews.run(patch, { signal: controller.signal });
    if (!result) return said(l10n.t('The review came to no end.'));
    const format = (['text', 'json', 'markdown'] as const).find((one) => one === input.format) ?? 'text';
    return said(exportReport(format, result.report, []));
  } finally {
    listener.dispose();
  }
}
