import { addressText, larger, smaller } from './numbers.ts';
import type { Scale } from './scale.ts';

export interface Tick {
  readonly address: bigint;
  readonly label: string;
  readonly x: number;
}

/** Edges of pieces that are looked at; the roundest of the rest would not fit anyway. */
const MAX_EDGES = 600;

/**
 * Labelled addresses for an axis of `width` pixels: edges of what the axis holds and round addresses between them, the
 * roundest first, as many as fit without touching; `preferred` ones before all but the ends. `x` and `at` translate
 * between addresses and pixels.
 */
export function ticksOf(
  scale: Scale,
  axis: {
    readonly width: number;
    readonly left: bigint;
    readonly right: bigint;
    x(address: bigint): number;
    at(x: number): bigint;
    measure(label: string): number;
    /** Least space beside a label, and width for each label on average: 7 and 40 pixels. */
    readonly apart?: number;
    readonly share?: number;
  },
  preferred: readonly bigint[] = [],
): Tick[] {
  const first = scale.indexOf(axis.left);
  const last = scale.indexOf(axis.right);
  const stride = Math.max(1, Math.ceil((last - first) / MAX_EDGES));
  const addresses = new Set<bigint>();
  for (let i = first; i <= last; i += stride) {
    const segment = scale.segment(i);
    addresses.add(segment.start);
    if (!segment.folded) for (const address of roundOnes(segment, axis)) addresses.add(address);
  }
  addresses.add(scale.end);
  const chosen = new Set(preferred.slice(0, 64));
  for (const address of chosen) addresses.add(address);
  const wanted = [...addresses]
    .filter((address) => address >= axis.left && address <= axis.right)
    .map((address) => ({ address, roundness: roundness(address, scale.end) + (chosen.has(address) ? 64 : 0) }))
    .sort((a, b) => b.roundness - a.roundness || (a.address < b.address ? -1 : 1));
  const taken: [number, number][] = [];
  const ticks: Tick[] = [];
  const { apart = 7, share = 40 } = axis;
  const most = Math.ceil(axis.width / share);
  for (const { address } of wanted) {
    if (ticks.length >= most) break;
    const label = labelOf(address);
    const x = axis.x(address);
    const half = axis.measure(label) / 2 + apart;
    const from = Math.min(Math.max(x - half, -apart), axis.width - 2 * half + apart);
    if (x < -1 || x > axis.width + 1 || taken.some(([a, b]) => from < b && from + 2 * half > a)) continue;
    taken.push([from, from + 2 * half]);
    ticks.push({ address, label, x });
  }
  return ticks.sort((a, b) => a.x - b.x);
}

/** Multiples of a power of two, about one for each 120 pixels of the visible part of a piece. */
function roundOnes(
  segment: { readonly start: bigint; readonly end: bigint },
  axis: { readonly left: bigint; readonly right: bigint; x(address: bigint): number },
): bigint[] {
  const from = larger(segment.start, axis.left);
  const to = smaller(segment.end, axis.right);
  const pixels = axis.x(to) - axis.x(from);
  if (pixels < 120) return [];
  const want = BigInt(Math.max(1, Math.floor(pixels / 120)));
  let step = 1n;
  while (step * want < to - from) step <<= 1n;
  const found: bigint[] = [];
  for (let at = ((from + step - 1n) / step) * step; at < to && found.length < 64; at += step) found.push(at);
  return found;
}

function roundness(address: bigint, end: bigint): number {
  if (address === 0n || address === end) return 128;
  // By hex digits, which is how roundness shows.
  const digits = address.toString(16);
  let zeros = 0;
  while (digits[digits.length - 1 - zeros] === '0') zeros++;
  const last = Number.parseInt(digits[digits.length - 1 - zeros]!, 16);
  return zeros * 4 + (last % 8 === 0 ? 3 : last % 4 === 0 ? 2 : last % 2 === 0 ? 1 : 0);
}

/** Powers of two from 2^40 up are known by that name. */
function labelOf(address: bigint): string {
  const bits = address.toString(2).length - 1;
  return bits >= 40 && address === 1n << BigInt(bits) ? `2^${bits}` : addressText(address);
}
