import type { Claim } from '../compare.ts';
import { callText, scenarioVariables } from './c-call.ts';
import type { Found } from './hunt.ts';
import type { Region } from './sequence.ts';
import type { Operation } from './surface.ts';

const BUSY = 0x80000000n;

/**
 * What a difference is, in one sentence with both outcomes: `alloc_free_mem_region(&iomem_resource, SZ_1G, …) above a busy
 * 4 KiB at 0x…: before …, after …`.
 */
export function sentence(found: Found, operations: readonly Operation[], claim: Claim): string {
  const { sequence, difference } = found;
  const at = difference.call >= 0 ? difference.call : sequence.calls.length - 1;
  const { call, fresh } = callText(sequence, at, operations, scenarioVariables);
  const made = fresh ? ` of [${range(fresh)}]` : '';
  const first =
    at > 0
      ? ` after ${sequence.calls
          .slice(0, at)
          .map((c) => `${operations[c.op]!.name}()`)
          .join(', ')}`
      : '';
  const around = regionsText(sequence.regions);
  const where = around === '' ? '' : ` with ${around}`;
  const failing = sequence.fail > 0 ? `, allocation ${sequence.fail} failing` : '';
  return `${shorten(call)}${made}${first}${where}${failing}: ${outcomes(claim)}`;
}

function outcomes(claim: Claim): string {
  if (claim.before !== undefined && claim.after !== undefined)
    return `before ${oneLine(claim.before)}, after ${oneLine(claim.after)}`;
  const what = `${claim.rule}, ${oneLine(claim.message)}`;
  switch (claim.class) {
    case 'introduced':
      return `before nothing of the kind, after ${what}`;
    case 'fixed':
      return `before ${what}, after nothing of the kind`;
    default:
      return oneLine(claim.message);
  }
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' / ');
const shorten = (call: string): string => call.replace(/&(\w+_resource)/g, '$1').replace(/ULL\b/g, '');
const range = (r: { readonly start: bigint; readonly end: bigint }): string =>
  `0x${r.start.toString(16)}-0x${r.end.toString(16)}`;

function regionsText(regions: readonly Region[]): string {
  if (regions.length === 0) return '';
  if (regions.length > 3) return `${regions.length} regions there`;
  return regions
    .map((r) => `${r.parent > 1 ? 'a nested ' : 'a '}${(r.flags & BUSY) !== 0n ? 'busy ' : ''}region [${range(r)}]`)
    .join(' and ');
}
