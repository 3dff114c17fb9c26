import type { ExtensionContext } from 'vscode';
import { DeskActions } from './desk-actions.ts';
import { DeskComments } from './desk-comments.ts';
import { DeskExport } from './desk-export.ts';
import { DeskHelp } from './desk-help.ts';
import { FunctionLenses } from './desk-lens.ts';
import { DeskReply } from './desk-reply.ts';
import { DeskSources } from './desk-sources.ts';
import { DeskStatus } from './desk-status.ts';
import { DeskStore } from './desk-store.ts';
import { DeskTools } from './desk-tools.ts';
import { DeskView } from './desk-view.ts';
import { Owner } from './disposable.ts';
import type { Git } from './git.ts';
import type { Reviews } from './reviews.ts';

/** The reviewer's desk: what a review by mail needs besides the review itself. */
export class Desk extends Owner {
  readonly store: DeskStore;

  constructor(reviews: Reviews, git: Git, context: ExtensionContext) {
    super();
    this.store = this.own(new DeskStore(context.workspaceState));
    const comments = this.own(new DeskComments(reviews, this.store));
    this.own(new DeskView(reviews, this.store));
    this.own(new DeskReply(reviews, comments));
    this.own(new DeskActions(reviews, this.store, comments));
    this.own(new DeskExport(reviews));
    this.own(new DeskSources(git));
    this.own(new FunctionLenses(reviews));
    this.own(new DeskStatus(reviews));
    this.own(new DeskTools(reviews));
    this.own(new DeskHelp());
  }
}
