import type { ExtensionContext } from 'vscode';
import { DeskStore } from './desk-store.ts';
import { DeskView } from './desk-view.ts';
import { Owner } from './disposable.ts';
import type { Documents } from './documents.ts';
import type { Git } from './git.ts';
import type { Platform } from './platform.ts';
import type { Reviews } from './reviews.ts';

/** The reviewer's desk: what a review by mail needs besides the review itself. */
export class Desk extends Owner {
  constructor(reviews: Reviews, _documents: Documents, _git: Git, _platform: Platform, context: ExtensionContext) {
    super();
    const store = this.own(new DeskStore(context.workspaceState));
    this.own(new DeskView(reviews, store));
  }
}
