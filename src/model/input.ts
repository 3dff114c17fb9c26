import type { CodedError } from '../base/errors.ts';
import { bytesOfDump, isAcpiText, parseAcpi } from './acpi.ts';
import type { ArchProfile, FirmwareRange, MachineModel, MachineResource, SratRange } from './api.ts';
import { profileOfLog, profileOfRegions } from './architecture.ts';
import { parseDmesg } from './dmesg.ts';
import { isKernelLog, machineOfDmesg } from './dmesg-machine.ts';
import { noMachineText, secondOfKind, silentLog, windowAcross } from './errors.ts';
import { inferFlags } from './flags.ts';
import { hasIomemLines, parseIomem } from './iomem.ts';
import { isLsmem, parseLsmem } from './lsmem.ts';
import { isMachineFile, parseMachineFile } from './machine-file.ts';
import { profileNamed } from './profiles.ts';

/*
 * One machine of one file or several, each in whatever form it has. What each is, is found out by what is in it.
 */

export interface MachineText {
  readonly name: string;
  readonly text: string;
}
export type MachineFormat = 'iomem' | 'log' | 'lsmem' | 'acpi' | 'file';

export function machineFormat(text: string): MachineFormat | undefined {
  if (isMachineFile(text)) return 'file';
  if (isAcpiText(text)) return 'acpi';
  if (isLsmem(text)) return 'lsmem';
  if (isKernelLog(text)) return 'log';
  return hasIomemLines(text) ? 'iomem' : undefined;
}

/** What was read of one file. */
export interface MachinePart {
  readonly name: string;
  readonly format: MachineFormat;
  readonly iomem: readonly MachineResource[];
  readonly srat: readonly SratRange[];
  readonly cxlWindows: readonly FirmwareRange[];
  readonly problems: readonly CodedError[];
  /** The architecture, where the text tells it. */
  readonly profile?: ArchProfile;
  /** Of a machine file: the whole. */
  readonly machine?: MachineModel;
}

/** Reads one file. Throws D021 where it holds nothing of a machine, and what the reader of a machine file says. */
export function readMachinePart({ name, text }: MachineText): MachinePart {
  const none = { name, iomem: [], srat: [], cxlWindows: [], problems: [] };
  // Whatever else is JSON was meant for one: its reader says what it is not.
  const format = machineFormat(text) ?? (/^\s*(?:\{|\[\s*[{\]]|\/\/)/.test(text.slice(0, 4096)) ? 'file' : undefined);
  switch (format) {
    case undefined:
      throw noMachineText(name);
    case 'file': {
      const machine = parseMachineFile(text, name);
      return { ...none, format, iomem: machine.iomem, srat: machine.srat, machine };
    }
    case 'iomem': {
      const { resources, problems } = parseIomem(text, { name });
      return { ...none, format, iomem: resources, problems, ...known(profileOfRegions(resources)) };
    }
    case 'lsmem': {
      const { resources, srat, problems } = parseLsmem(text, { name });
      return { ...none, format, iomem: resources, srat, problems };
    }
    case 'acpi': {
      const dump = bytesOfDump(text, { name });
      const { srat, cxlWindows, problems } = parseAcpi(dump.bytes, { name });
      return { ...none, format, srat, cxlWindows, problems: [...dump.problems, ...problems] };
    }
    case 'log': {
      const log = parseDmesg(text, { name });
      // A report may hold both; the tree itself tells more than what firmware said.
      const shown = parseIomem(text, { name });
      const whole = shown.resources.some((r) => r.name === 'System RAM');
      const iomem = whole ? shown.resources : machineOfDmesg(text, name).iomem;
      const problems = [...log.problems, ...(whole ? shown.problems : [])];
      const { srat, cxlWindows } = log;
      return { ...none, format, iomem, srat, cxlWindows, problems, ...known(profileOfLog(text, iomem)) };
    }
  }
}

const known = (profile: ArchProfile | undefined): { readonly profile?: ArchProfile } => (profile ? { profile } : {});

/** More than any host bridge has; each one is looked for in the whole tree. */
const MAX_WINDOWS = 256;

/** How much a form tells of the tree: the first that has one gives it. */
const treeOrder: readonly MachineFormat[] = ['file', 'iomem', 'log', 'lsmem'];
/** Firmware's own table is exact; a log may be cut off; lsmem tells only what is there. */
const sratOrder: readonly MachineFormat[] = ['acpi', 'log', 'file', 'lsmem'];

/**
 * The machine of these files together: the tree of the one that tells most of it, SRAT of the most exact, and CXL windows,
 * which go into the tree where they are not yet. The architecture is a machine file's, else what a text tells, else x86_64. Throws as {@link readMachinePart} does, and the first problem where nothing
 * was left.
 */
export function readMachineTexts(
  texts: readonly MachineText[],
  name = texts.map((t) => t.name).join(' + '),
): {
  readonly machine: MachineModel;
  readonly parts: readonly MachinePart[];
  readonly problems: readonly CodedError[];
} {
  const parts = texts.map(readMachinePart);
  const problems = parts.flatMap((p) => p.problems);
  for (const format of treeOrder)
    for (const second of parts.filter((p) => p.format === format).slice(1))
      problems.push(secondOfKind(second.name, format));
  const tree = first(treeOrder, parts, (p) => p.iomem.length > 0);
  const affinity = first(sratOrder, parts, (p) => p.srat.length > 0);
  // SRAT and CEDT come as files of their own.
  const srat =
    affinity?.format === 'acpi' ? parts.flatMap((p) => (p.format === 'acpi' ? p.srat : [])) : (affinity?.srat ?? []);
  let iomem = tree?.iomem ?? [];
  for (const window of parts.flatMap((p) => p.cxlWindows).slice(0, MAX_WINDOWS))
    iomem = withWindow(iomem, window, problems);
  if (iomem.length === 0 && srat.length === 0)
    throw problems[0] ?? (parts.some((p) => p.format === 'log') ? silentLog(name) : noMachineText(name));
  const file = parts.find((p) => p.machine)?.machine;
  return {
    machine: {
      name,
      description: file?.description ?? `read from ${name}`,
      profile: file?.profile ?? parts.find((p) => p.profile)?.profile ?? profileNamed('x86_64')!,
      iomem,
      srat,
    },
    parts,
    problems,
  };
}

function first(
  order: readonly MachineFormat[],
  parts: readonly MachinePart[],
  fits: (p: MachinePart) => boolean,
): MachinePart | undefined {
  for (const format of order) {
    const found = parts.find((p) => p.format === format && fits(p));
    if (found) return found;
  }
  return undefined;
}

/** The tree with a window, as cxl_acpi inserts it: over what lies in it, inside what contains it. */
function withWindow(
  tree: readonly MachineResource[],
  window: FirmwareRange,
  problems: CodedError[],
): readonly MachineResource[] {
  const { start, end } = window;
  let number = 0;
  const known = (nodes: readonly MachineResource[]): boolean =>
    nodes.some((n) => {
      if (/^CXL Window \d/.test(n.name)) number++;
      return (n.start === start && n.end === end && n.name.startsWith('CXL Window')) || known(n.children);
    });
  if (known(tree)) return tree;
  const name = `CXL Window ${number}`;
  const insert = (nodes: readonly MachineResource[]): readonly MachineResource[] => {
    const outer = nodes.find((n) => n.start <= start && end <= n.end && (n.start !== start || n.end !== end));
    if (outer) {
      const children = insert(outer.children);
      return children === outer.children ? nodes : nodes.map((n) => (n === outer ? { ...n, children } : n));
    }
    const across = nodes.find((n) => n.start <= end && start <= n.end && (n.start < start || n.end > end));
    if (across) {
      problems.push(windowAcross(name, across.name));
      return nodes;
    }
    const inside = nodes.filter((n) => start <= n.start && n.end <= end);
    const made: MachineResource = {
      name,
      start,
      end,
      ...inferFlags(
        name,
        inside.map((n) => n.name),
      ),
      children: inside,
      line: window.line,
    };
    return [...nodes.filter((n) => !inside.includes(n)), made].sort((a, b) => (a.start < b.start ? -1 : 1));
  };
  return insert(tree);
}
