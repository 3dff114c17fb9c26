import { deflateSync } from 'node:zlib';
import type { CodedError } from '../base/errors.ts';
import { asciiOf } from '../map/ascii.ts';
import { noMachine, noScenario, notAReport } from '../map/errors.ts';
import { machineFormat, machineTextKind, readMachine } from '../map/input.ts';
import { jsonOf } from '../map/json.ts';
import type { Showing } from '../map/layout.ts';
import { addressRange } from '../map/numbers.ts';
import { type PictureOptions, pngOf, svgOf } from '../map/picture.ts';
import { profileNamed, profileNames } from '../map/profiles.ts';
import type { ScaleMode } from '../map/scale.ts';
import { firstScenario, makeScene, type Scene } from '../map/scene.ts';
import { textOf } from '../map/text.ts';
import { darkTheme, paperTheme } from '../map/theme.ts';
import { textOfMachine } from '../review/machines.ts';
import type { Report } from '../review/report.ts';
import { review } from '../review/review.ts';
import type { ModelFiles } from '../review/world.ts';
import { output, outputBytes, readInput, treeOption } from './files.ts';
import { machineOption } from './machine-option.ts';
import { progress } from './progress.ts';
import { oneOf, parse, positive, UsageError } from './usage.ts';

const formats = ['text', 'ascii', 'svg', 'png', 'json'] as const;
type Format = (typeof formats)[number];

/** How wide each format is when nobody says: columns, or pixels. */
const widths: Readonly<Record<Format, number>> = { text: 100, ascii: 72, svg: 1200, png: 1200, json: 0 };
/** Wider pictures than this are no use to anyone. */
const MAX_WIDTH = 20_000;
/** Pixels of a PNG for one of the map: sharp on any screen. */
const RATIO = 2;

export async function mapCommand(args: readonly string[], model: ModelFiles): Promise<number> {
  const { values, positionals } = parse({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: 'string' },
      out: { type: 'string' },
      width: { type: 'string' },
      dmesg: { type: 'string', multiple: true },
      profile: { type: 'string' },
      scale: { type: 'string' },
      show: { type: 'string' },
      range: { type: 'string' },
      dark: { type: 'boolean' },
      scenario: { type: 'string' },
      tree: { type: 'string' },
      machine: { type: 'string', multiple: true },
      config: { type: 'string' },
    },
  });
  const format = values.format === undefined ? formatOf(values.out) : oneOf(values.format, formats, '--format');
  const mode: ScaleMode = oneOf(values.scale, ['compressed', 'log', 'linear'], '--scale');
  const showing: Showing = oneOf(values.show, ['both', 'side', 'before', 'after', 'difference'], '--show');
  const width = positive(values.width, '--width') ?? (format === 'text' ? terminalWidth() : widths[format]);
  if (width > MAX_WIDTH) throw new UsageError(`--width is at most ${MAX_WIDTH}`);
  const view = values.range === undefined ? undefined : addressRange(values.range);
  if (values.range !== undefined && !view) throw new UsageError(`--range wants START-END, not “${values.range}”`);
  if (format === 'png' && values.out === undefined && process.stdout.isTTY)
    throw new UsageError('a PNG is nothing for a terminal: give --out FILE');

  const scene = await sceneOf(positionals, values, model);
  const options: PictureOptions = {
    width,
    mode,
    showing,
    theme: values.dark ? darkTheme : paperTheme,
    ...(view ? { view } : {}),
  };
  switch (format) {
    case 'svg':
      output(svgOf(scene, options), values.out);
      break;
    case 'png':
      outputBytes(pngOf(scene, options, RATIO, deflateSync), values.out);
      break;
    case 'json':
      output(jsonOf(scene), values.out);
      break;
    case 'ascii':
      output(asciiOf(scene, options), values.out);
      break;
    case 'text':
      output(`${asciiOf(scene, options)}\n${textOf(scene)}`, values.out);
      break;
  }
  return 0;
}

/** By the ending of the file that is written. */
function formatOf(out: string | undefined): Format {
  const ending = /\.(svg|png|json)$/i.exec(out ?? '')?.[1]?.toLowerCase();
  return (ending as Format | undefined) ?? 'text';
}

const terminalWidth = (): number => Math.min(process.stdout.columns ?? widths.text, 160);

interface Source {
  readonly dmesg?: string[];
  readonly profile?: string;
  readonly scenario?: string;
  readonly tree?: string;
  readonly machine?: string[];
  readonly config?: string;
}

/** What the inputs are is found out by what is in them: a report, texts of a machine, or a patch to be reviewed. */
async function sceneOf(paths: readonly string[], values: Source, model: ModelFiles): Promise<Scene> {
  if (paths.length === 0)
    throw new UsageError('map wants a text of /proc/iomem, a kernel log, a report or a patch (- is standard input)');
  const inputs = [...paths, ...(values.dmesg ?? [])].map((path) => ({
    name: path === '-' ? '<stdin>' : path,
    bytes: readInput(path),
  }));
  const texts = inputs.map(({ name, bytes }) => ({ name, text: textOfMachine(bytes) }));
  const first = texts[0]!;
  if (/^\s*\{/.test(first.text.slice(0, 100)) && machineFormat(first.text) === undefined)
    return scenarioOf(readReport(first.name, first.text), values.scenario);
  if (/^(diff --git |--- |Index: |@@ |From )/m.test(first.text) && machineTextKind(first.text) === undefined)
    return scenarioOf(await reviewOf(first.name, inputs[0]!.bytes, values, model), values.scenario);
  const profile = values.profile === undefined ? undefined : profileNamed(values.profile);
  if (values.profile !== undefined && !profile)
    throw new UsageError(`--profile is one of ${profileNames.join(', ')}, not “${values.profile}”`);
  const { scene, problems } = readMachine(texts, profile);
  if (!scene) throw problems.find((p) => p.code !== 'D004') ?? noMachine(first.name);
  warn(problems);
  return scene;
}

/** Lines that could not be read are told beside the map, which goes to standard output. */
function warn(problems: readonly CodedError[]): void {
  for (const problem of problems) process.stderr.write(`iomem-review: ${problem.message}\n`);
}

function readReport(name: string, text: string): Report {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw notAReport(name);
  }
  const report = parsed as Partial<Report>;
  if (report.format !== 'iomem-review-report' || !Array.isArray(report.patches)) throw notAReport(name);
  return report as Report;
}

/** The first scenario that differs, or the one that is named: `NAME` or `NAME on MACHINE`. */
function scenarioOf(report: Report, wanted: string | undefined): Scene {
  const known: string[] = [];
  for (const patch of report.patches) {
    const index = wanted === undefined ? firstScenario(patch) : -1;
    for (const [i, scenario] of patch.scenarios.entries()) {
      const name = `${scenario.name} on ${scenario.machine}`;
      known.push(name);
      if (i === index || wanted === scenario.name || wanted === name) return makeScene(patch, scenario);
    }
  }
  throw noScenario(wanted, known);
}

async function reviewOf(name: string, bytes: Uint8Array, values: Source, model: ModelFiles): Promise<Report> {
  const machine = machineOption(values.machine, []);
  const tree = treeOption(values.tree, { file: values.config, machine: machine.name });
  const shown = progress(name);
  const { report } = await review({
    patchText: bytes,
    patchName: name,
    ...(tree ? { tree } : {}),
    model,
    scenarios: [],
    machineTexts: machine.texts,
    toolVersion: process.env.IOMEM_REVIEW_VERSION ?? 'development',
    progress: shown.update,
    ...(machine.name === undefined ? {} : { machine: machine.name }),
    direction: 'auto',
  }).finally(shown.end);
  return report;
}
