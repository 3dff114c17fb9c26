import { type Uri, workspace } from 'vscode';
import { type Budgets, budgetRanges } from '../review/budget.ts';

const names = Object.keys(budgetRanges) as (keyof Budgets)[];

/** How many workers may share a search, as the settings have it. */
export const searchWorkersOf = (scope: Uri | undefined): number =>
  workspace.getConfiguration('iomemReview', scope ?? null).get<number>('searchWorkers', 0);

/** The bounds that the settings tell for a patch; 0 stands for the tool's own. */
export function budgetsOf(scope: Uri | undefined): { readonly budget?: Budgets } {
  const settings = workspace.getConfiguration('iomemReview', scope ?? null);
  const budget: { -readonly [K in keyof Budgets]: number } = {};
  for (const name of names) {
    const value = settings.get<number>(`budget.${name}`, 0);
    const [least, most] = budgetRanges[name];
    if (value > 0) budget[name] = Math.min(Math.max(value, least), most);
  }
  return Object.keys(budget).length > 0 ? { budget } : {};
}
