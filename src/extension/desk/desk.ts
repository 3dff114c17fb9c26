import type { ExtensionContext } from 'vscode';
import { Owner } from '../disposable.ts';
import type { Git } from '../git.ts';
import type { Reviews } from '../reviews.ts';
import { DeskActions } from './actions.ts';
import { DeskComments } from './comments.ts';
import { DeskExport } from './export.ts';
import { DeskHelp } from './help.ts';
import { FunctionLenses } from './lens.ts';
import { DeskReply } from './reply.ts';
import { DeskSources } from './sources.ts';
import { DeskStatus } from './status.ts';
import { DeskStore } from './store.ts';
import { DeskTools } from './tools.ts';
import { DeskView } from './view.ts';

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
