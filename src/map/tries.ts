import type { Candidate } from '../review/report.ts';
import { larger } from './numbers.ts';
import type { Region } from './regions.ts';
import type { Try } from './scene.ts';

/** Of more regions than this that a scenario made, the rest is not looked at when tries are sorted out. */
const MANY = 200;

/**
 * The tries of a search among all ranges that functions were asked about: the calls of one function, with what others
 * were asked about the same range. It is the one that most often looked at a range that the scenario then made; where
 * nothing was made, the one with the largest ranges, and the innermost of those. A look inside a region that was made is
 * none: the search is over by then.
 */
export function triesOf(candidates: readonly Candidate[], made: readonly Region[]): Try[] {
  const calls = candidates.map(({ start, end, function: name, result }, first) => ({
    first,
    start: BigInt(start),
    end: BigInt(end),
    call: { function: name, result },
  }));
  const taken = new Set(made.map((r) => `${r.start}-${r.end}`));
  const isTaken = (c: { start: bigint; end: bigint }) => taken.has(`${c.start}-${c.end}`);
  const probes = new Map<string, { hits: number; size: bigint; calls: number }>();
  for (const c of calls) {
    const probe = probes.get(c.call.function) ?? { hits: 0, size: 0n, calls: 0 };
    if (isTaken(c)) probe.hits++;
    if (c.end >= c.start) probe.size = larger(probe.size, c.end - c.start);
    probe.calls++;
    probes.set(c.call.function, probe);
  }
  const [probe] = [...probes].reduce<[string | undefined, { hits: number; size: bigint; calls: number }]>(
    (best, one) => {
      const [a, b] = [best[1], one[1]];
      const better =
        a.hits > 0 || b.hits > 0
          ? b.hits > 0 && (a.hits === 0 || b.calls > a.calls)
          : b.size > a.size || (b.size === a.size && b.calls > 1);
      return better ? one : best;
    },
    [undefined, { hits: 0, size: -1n, calls: 0 }],
  );
  const inside = (c: { start: bigint; end: bigint }) =>
    made.slice(0, MANY).some((r) => r.start <= c.start && c.end <= r.end && (r.start !== c.start || r.end !== c.end));
  const tries: { first: number; start: bigint; end: bigint; calls: { function: string; result: string }[] }[] = [];
  for (const c of calls) {
    const last = tries.at(-1);
    if (last && last.start === c.start && last.end === c.end) last.calls.push(c.call);
    else if (c.call.function === probe && !inside(c))
      tries.push({ first: c.first, start: c.start, end: c.end, calls: [c.call] });
  }
  return tries.map((t) => ({ ...t, chosen: isTaken(t), wrapped: t.end < t.start }));
}
