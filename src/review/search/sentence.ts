import { IORESOURCE_BUSY, IORESOURCE_EXCLUSIVE, IORESOURCE_SYSRAM } from '../../model/flags.ts';
import type { Claim } from '../compare.ts';
import { callText, scenarioVariables } from './c-call.ts';
import type { Found } from './hunt.ts';
import type { Region } from './sequence.ts';
import type { Operation } from './surface.ts';

const flagWords = [
  [IORESOURCE_BUSY, 'busy'],
  [IORESOURCE_EXCLUSIVE, 'exclusive'],
  [0x400000n, 'muxed'],
  [IORESOURCE_SYSRAM, 'System RAM'],
] as const;

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
  const all = (sequence.failing ?? 1) > 1;
  const failing =
    sequence.fail > 0
      ? `, ${all ? 'all allocations from ' : 'allocation '}${sequence.fail}${all ? ' on' : ''} failing`
      : '';
  const answer = operations[sequence.calls[at]!.op]!.result === 'int' && difference.call >= 0;
  return `${shorten(call)}${made}${first}${where}${failing}: ${outcomes(claim, answer)}`;
}

function outcomes(claim: Claim, isNumber: boolean): string {
  // Numbers are observed as pointers, so that errors have names.
  const told = (value: string): string => {
    if (isNumber && value === 'NULL') return '0';
    return isNumber && /^0x[0-9a-f]{1,6}$/.test(value) ? String(Number(value)) : oneLine(value);
  };
  if (claim.before !== undefined && claim.after !== undefined)
    return `before ${told(claim.before)}, after ${told(claim.after)}`;
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
    .map(
      (r) =>
        `${r.parent > 1 ? 'a nested ' : 'a '}${flagWords.flatMap(([flag, word]) => ((r.flags & flag) === 0n ? [] : [`${word} `])).join('')}region [${range(r)}]${r.early ? ' of early memory' : ''}`,
    )
    .join(' and ');
}
