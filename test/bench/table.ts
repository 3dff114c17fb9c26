/*
 * The table that `npm run bench` ends with: each bench adds its lines while it runs.
 */
import { readFileSync } from 'node:fs';

export interface Line {
  readonly what: string;
  readonly reached: string;
  readonly goal?: string;
  /** Against something measured in the same run. */
  readonly ratio?: string;
}

const lines: Line[] = [];

export function tell(line: Line): void {
  lines.push(line);
}

export const ms = (n: number): string => `${n < 10 ? n.toFixed(2) : n.toFixed(0)} ms`;

/** Milliseconds of processor time that the main thread has used: wall time on an idle machine. */
export function mainThread(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

after(() => {
  const rows = [
    ['what', 'reached', 'goal', 'ratio'],
    ...lines.map((l) => [l.what, l.reached, l.goal ?? '', l.ratio ?? '']),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  console.log('');
  for (const row of rows) {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    console.log(`  ${cells.join('  ')}`.trimEnd());
  }
});
