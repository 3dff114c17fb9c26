import type { Finding } from './report.ts';

/**
 * How sure it is that two findings, of different patches or revisions, are about the same thing: 3 the same statement,
 * 2 the same function under the same scenario, 1 the same scenario only, 0 they are not. Lines do not count: patches move
 * them.
 */
export function likeness(a: Finding, b: Finding): number {
  if (a.rule !== b.rule) return 0;
  const [stepA, stepB] = [a.proof.steps.at(-1), b.proof.steps.at(-1)];
  const file = a.at.file === b.at.file;
  const sameFunction = file && stepA !== undefined && stepB !== undefined && stepA.function === stepB.function;
  if (sameFunction && stepA.text.trim() === stepB.text.trim()) return 3;
  const cases = new Set(a.cases.map(caseKey));
  if (!b.cases.some((one) => cases.has(caseKey(one)))) return 0;
  return sameFunction ? 2 : 1;
}

/** The one of `among` that is most like a finding, the first of several; undefined where none is. */
export function mostAlike(finding: Finding, among: readonly Finding[]): Finding | undefined {
  let best: Finding | undefined;
  let score = 0;
  for (const one of among) {
    const now = likeness(finding, one);
    if (now > score) {
      score = now;
      best = one;
    }
  }
  return best;
}

const caseKey = ({ scenario, machine }: { readonly scenario: string; readonly machine: string }): string =>
  `${scenario}\0${machine}`;

/** Whether a later change takes back what an earlier one did: in one execution of both, the two values are exchanged. */
export function undoes(later: Finding, earlier: Finding): boolean {
  if (later.rule !== earlier.rule) return false;
  const values = new Map(earlier.cases.map((one) => [caseKey(one), one]));
  return later.cases.some((one) => {
    const was = values.get(caseKey(one));
    return (
      was?.before !== undefined &&
      was.after !== undefined &&
      was.before !== was.after &&
      one.before === was.after &&
      one.after === was.before
    );
  });
}
