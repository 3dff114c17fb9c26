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
  readonly members: ProvedClaim[];
  best: ProvedClaim;
  proof: Proof;
}

const classOrder: Record<FindingClass, number> = { introduced: 0, change: 1, fixed: 2, existing: 3 };
const severityOrder: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/**
 * Groups claims into findings: one for each rule and place. A problem that some scenario has in one world only is not
 * `existing`, whatever other scenarios show: the patch made a difference to it.
 */
export class Findings {
  readonly #groups = new Map<string, Group>();

  add(proved: ProvedClaim): void {
    const key = `${proved.claim.class} ${proved.claim.key}`;
    const group = this.#groups.get(key);
    if (!group) {
      this.#groups.set(key, { members: [proved], best: proved, proof: proved.proof() });
      return;
    }
    group.members.push(proved);
    if (proved.cost < group.best.cost) {
      group.best = proved;
      group.proof = proved.proof();
    }
  }

  list(): readonly Finding[] {
    const findings: Finding[] = [];
    const ids = new Map<string, number>();
    for (const { members, best, proof } of this.#groups.values()) {
      const { claim } = best;
      const shown = claim.at.patchLine ?? claim.cause?.patchLine;
      const id = `${claim.rule}:${claim.at.file}:${claim.at.line}`;
      const count = (ids.get(id) ?? 0) + 1;
      ids.set(id, count);
      const cases: FindingCase[] = members.map((p) => ({
        scenario: p.scenario,
        machine: p.machine,
        ...(p.claim.before === undefined ? {} : { before: p.claim.before }),
        ...(p.claim.after === undefined ? {} : { after: p.claim.after }),
        message: p.claim.message,
      }));
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
