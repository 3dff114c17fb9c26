import { commands, type ExtensionContext, window } from 'vscode';
import { PatchLenses } from './code-lens.ts';
import { ContextKeys } from './context.ts';
import { CostPanel } from './cost-panel.ts';
import { Debugging } from './debug/debug.ts';
import { DebugInlineValues } from './debug/inline-values.ts';
import { ScenarioLenses } from './debug/lens.ts';
import { Desk } from './desk/desk.ts';
import { Diagnostics } from './diagnostics.ts';
import { Documents } from './documents.ts';
import { Git } from './git.ts';
import { PatchHover } from './hover.ts';
import { ImportMachine } from './import-machine.ts';
import { MapPanel } from './map/panel.ts';
import { TextLenses } from './map/text.ts';
import { Notes } from './notes.ts';
import type { Platform } from './platform.ts';
import { Rerun } from './rerun.ts';
import { ReviewCommands } from './review-commands.ts';
import { Reviews } from './reviews.ts';
import { SchedulePanel } from './schedule-panel.ts';
import { TestExplorer } from './test-explorer.ts';
import { ValueHover } from './value-hover.ts';
import { ExecutionValues } from './values.ts';
import { ViewCommands } from './view-commands.ts';
import { WhatIf } from './what-if.ts';
import { WorkerClient } from './worker-client.ts';

/** Wires the features together. What the desktop and the web do differently is in the platform. */
export function activateOn(platform: Platform, context: ExtensionContext): void {
  const log = window.createOutputChannel('Iomem Review', { log: true });
  const git = new Git(platform.runGit);
  const worker = new WorkerClient(platform.startWorker(context.extensionUri));
  const background = new WorkerClient(platform.startWorker(context.extensionUri));
  const reviews = new Reviews(platform, git, { first: worker, full: background }, log);
  const documents = new Documents(reviews, git, context.extensionUri);
  const values = new ExecutionValues(worker);
  const desk = new Desk(reviews, git, context);
  const debugging = new Debugging(reviews, platform, git, context.extensionUri);
  const notes = new Notes();
  const map = new MapPanel(reviews, worker, values, context, debugging);
  context.subscriptions.push(
    log,
    worker,
    background,
    reviews,
    documents,
    desk,
    new ContextKeys(reviews, git.canRun),
    new Diagnostics(reviews, desk.store),
    new PatchLenses(reviews),
    new PatchHover(reviews),
    new Rerun(reviews),
    new ReviewCommands(reviews, git, documents),
    new ViewCommands(reviews),
    debugging,
    new ScenarioLenses(),
    values,
    new ValueHover(reviews, values),
    new DebugInlineValues(),
    map,
    new SchedulePanel(reviews, worker, context),
    new CostPanel(reviews, context),
    new TextLenses(),
    notes,
    new ImportMachine(notes),
    new WhatIf(worker, platform, git, notes, map),
    new TestExplorer(reviews, worker, platform, git, debugging),
    commands.registerCommand('iomemReview.showLog', () => log.show()),
  );
}
