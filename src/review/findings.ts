import type { Claim } from './compare.ts';
import type { Finding, FindingCase, FindingClass, Proof, Severity } from './report.ts';

/** A claim with the pair that proves it. */
export interface ProvedClaim {
  readonly claim: Claim;
  readonly scenario: string;
  readonly machine: string;
  readonly stubs: readonly string[];
  /** Statements of the proving execution: the shortest proof is shown. */
  readonly cost: number;
  /** Made at once where this is the shortest proof so far: the trace lies in the machine and is gone with its next run. */
  readonly proof: () => Proof;
}

interface Group {
  readonly cases: FindingCase[];
  best: Omit<ProvedClaim, 'proof'>;
  proof: Proof;
}

/** Rules whose problems show in many places when one line is wrong: whoever walks to the freed node next, in any scenario. */
const spreading: ReadonlySet<string> = new Set([
  'expectation-failed',
  'use-after-free',
  'data-race',
  'wild-dereference',
  'null-dereference',
]);

/** What one changed line breaks (or mends) in many places is one finding, whose cases name them. */
function groupOf({ rule, cause, key }: Claim): string {
  return spreading.has(rule) && cause ? `${rule} by ${cause.file}:${cause.world}:${cause.line}` : key;
}

/** Faults of the place that shows them: another way there makes no other fault of them. */
const sameFault: ReadonlySet<string> = new Set(['leak', 'uninitialised-read']);

/** Shown only by executions in which a call is made to fail. */
const isInjected = ({ cases }: Group): boolean => cases.every((c) => c.scenario.includes('+fail'));

const classOrder: Record<FindingClass, number> = { introduced: 0, change: 1, fixed: 2, existing: 3 };
const severityOrder: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/**
 * Groups claims into findings: one for each rule and place. A problem that some scenario has in one world only is not
 * `existing`, unless another scenario has it in both.
 */
export class Findings {
  readonly #groups = new Map<string, Group>();

  add(proved: ProvedClaim): void {
    // The thunk holds a whole execution: it is called now or never.
    const { proof, ...kept } = proved;
    const { claim } = kept;
    const shown: FindingCase = {
      scenario: kept.scenario,
      machine: kept.machine,
      ...(claim.before === undefined ? {} : { before: claim.before }),
      ...(claim.after === undefined ? {} : { after: claim.after }),
      message: claim.message,
      ...(claim.schedule === undefined ? {} : { schedule: claim.schedule }),
    };
    const key = `${claim.class} ${groupOf(claim)}`;
    const group = this.#groups.get(key);
    if (!group) {
      this.#groups.set(key, { cases: [shown], best: kept, proof: proof() });
      return;
    }
    group.cases.push(shown);
    if (kept.cost < group.best.cost) {
      group.best = kept;
      group.proof = proof();
    }
  }

  /**
   * A problem that some scenario shows in both worlds was there before: where another scenario has it in one world only, the
   * patch led there or past it, and neither introduced nor fixed it. Faults of memory and locks that end an execution stay
   * introduced where the patch newly leads to them, but for {@link sameFault}.
   */
  #settle(): void {
    this.#settleInjected();
    for (const [key, existing] of this.#groups) {
      if (!key.startsWith('existing ')) continue;
      const claimKey = key.slice('existing '.length);
      const merge = sameFault.has(existing.best.claim.rule) ? ['fixed', 'introduced'] : ['fixed'];
      for (const cls of merge) {
        const other = this.#groups.get(`${cls} ${claimKey}`);
        if (!other) continue;
        existing.cases.push(
          ...other.cases.map((c) => ({
            ...c,
            message: `${c.message} (only ${cls === 'fixed' ? 'before' : 'after'} the patch)`,
          })),
        );
        this.#groups.delete(`${cls} ${claimKey}`);
      }
    }
  }

  /**
   * With injected failures the two worlds may count their allocations differently, so that the same failure has one number
   * before and another after: what only such executions show in either world, each in some, is in both.
   */
  #settleInjected(): void {
    for (const [key, group] of this.#groups) {
      if (!key.startsWith('introduced ')) continue;
      const claimKey = key.slice('introduced '.length);
      const other = this.#groups.get(`fixed ${claimKey}`);
      if (!other || !isInjected(group) || !isInjected(other)) continue;
      this.#groups.delete(key);
      this.#groups.delete(`fixed ${claimKey}`);
    }
  }

  /**
   * Behind an error that the patch introduces, executions go another way: the call that is made to fail there may be another
   * one. What only such executions no longer show is not proved to be mended.
   */
  #doubtInjected(): void {
    const isError = ({ best: { claim } }: Group): boolean => claim.class === 'introduced' && claim.severity === 'error';
    if (![...this.#groups.values()].some(isError)) return;
    for (const group of this.#groups.values()) {
      const { best } = group;
      if (best.claim.class !== 'fixed' || !isInjected(group)) continue;
      const message = `${best.claim.message} (not seen now, where a call is made to fail)`;
      group.best = { ...best, claim: { ...best.claim, class: 'change', message } };
    }
  }

  list(): readonly Finding[] {
    this.#settle();
    this.#doubtInjected();
    const findings: Finding[] = [];
    const ids = new Map<string, number>();
    for (const { cases, best, proof } of this.#groups.values()) {
      const { claim } = best;
      const shown = claim.at.patchLine ?? claim.cause?.patchLine;
      const id = `${claim.rule}:${claim.at.file}:${claim.at.line}`;
      const count = (ids.get(id) ?? 0) + 1;
      ids.set(id, count);
      findings.push({
        id: count === 1 ? id : `${id}#${count}`,
        class: claim.class,
        severity: claim.severity,
        rule: claim.rule,
        message: claim.message,
        at: claim.at,
        ...(shown === undefined ? {} : { patchLine: shown }),
        ...(claim.before === undefined ? {} : { before: claim.before }),
        ...(claim.after === undefined ? {} : { after: claim.after }),
        related: [
          ...claim.related,
          ...(claim.cause && claim.cause !== claim.at
            ? [{ message: 'the changed line that leads here', at: claim.cause }]
            : []),
        ],
        proof,
        dependsOn: best.stubs,
        cases,
      });
    }
    return findings.sort(
      (a, b) =>
        classOrder[a.class] - classOrder[b.class] ||
        severityOrder[a.severity] - severityOrder[b.severity] ||
        (a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : 0) ||
        a.at.line - b.at.line ||
        (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0),
    );
  }
}
