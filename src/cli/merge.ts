import { noReport } from '../review/errors.ts';
import { exportFormats, exportReport } from '../review/export/exports.ts';
import { mergeShards } from '../review/merge.ts';
import type { Report } from '../review/report.ts';
import { output, readText } from './files.ts';
import { exitStatus } from './review.ts';
import { oneOf, parse, UsageError } from './usage.ts';

/** Formats that need nothing but the report. */
const formats = exportFormats.filter((format) => format !== 'reply');

export function mergeCommand(args: readonly string[]): number {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: { format: { type: 'string' }, out: { type: 'string' }, verbose: { type: 'boolean' } },
  });
  if (positionals.length === 0) throw new UsageError('merge wants the reports that review --shard I/N wrote');
  const format = oneOf(values.format, formats, '--format');
  const report = mergeShards(positionals.map((path) => ({ name: path, report: readReport(path) })));
  output(exportReport(format, report, [], { verbose: values.verbose ?? false }), values.out);
  return exitStatus(report);
}

function readReport(path: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw noReport(path, error instanceof Error ? error.message : String(error));
  }
  const looks =
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 'iomem-review-report' &&
    'version' in value &&
    value.version === 1 &&
    'patches' in value &&
    Array.isArray(value.patches);
  if (!looks) throw noReport(path, 'it is other JSON, or of another version');
  return value as Report;
}
