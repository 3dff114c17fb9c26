import type { CodedError } from '../base/errors.ts';
import type { ArchProfile } from '../model/api.ts';
import { parseDmesg, resourcesOfE820 } from '../model/dmesg.ts';
import { machineFormat, readMachineTexts } from '../model/input.ts';
import { parseIomem } from '../model/iomem.ts';
import { makeMachineScene, type Scene } from './scene.ts';

/*
 * Texts that hold a machine: /proc/iomem, or a kernel log with SRAT or the e820 map. Found out by what is in them.
 */

export { machineFormat };

export interface MachineText {
  readonly name: string;
  readonly text: string;
}

/** Forms that tell all of a machine, or need other files of it. */
const newer: ReadonlySet<string> = new Set(['file', 'acpi', 'lsmem']);

/** How much of a text is looked at to see what it is. */
const LOOK = 64 * 1024;

const iomemLine = /^[>| \t]*(?:0x)?[0-9a-f]{4,16}[ \t]*-[ \t]*(?:0x)?[0-9a-f]{4,16} : \S/im;
const logLine = /SRAT: Node \d+ PXM|\bBIOS-e820: |\be820: \[mem 0x/;

export type MachineTextKind = 'iomem' | 'log';

/** What a text holds, by its beginning. */
export function machineTextKind(text: string): MachineTextKind | undefined {
  const head = text.slice(0, LOOK);
  if (logLine.test(head)) return 'log';
  return iomemLine.test(head) ? 'iomem' : undefined;
}

/**
 * One machine of one text or several: of an iomem text its tree; of kernel logs SRAT, and their e820 map where no text has
 * a tree. `problems` are what could not be read, with lines; a text that gives nothing at all leaves no scene.
 */
export function readMachine(
  texts: readonly MachineText[],
  profile?: ArchProfile,
): { readonly scene: Scene | undefined; readonly problems: readonly CodedError[] } {
  if (texts.some((t) => newer.has(machineFormat(t.text) ?? ''))) {
    const { machine, problems } = readMachineTexts(texts);
    return {
      scene: makeMachineScene({ ...machine, name: texts[0]!.name, profile: profile ?? machine.profile }),
      problems,
    };
  }
  const trees = texts.filter((t) => machineTextKind(t.text) !== 'log');
  const logs = texts
    .filter((t) => machineTextKind(t.text) === 'log')
    .map((t) => ({ name: t.name, log: parseDmesg(t.text, { name: t.name }) }));
  const parsed = trees.slice(0, 1).map((t) => parseIomem(t.text, { name: t.name }));
  const problems = [...parsed.flatMap((p) => p.problems), ...logs.flatMap((l) => l.log.problems)];
  const e820 = parsed.length > 0 ? undefined : logs.find((l) => l.log.e820.length > 0);
  const made = e820 && resourcesOfE820(e820.log.e820, { name: e820.name });
  const iomem = parsed[0]?.resources ?? made?.resources ?? [];
  const srat = logs.flatMap((l) => l.log.srat);
  const all = [...problems, ...(made?.problems ?? [])];
  if (iomem.length === 0 && srat.length === 0) return { scene: undefined, problems: all };
  const name = texts[0]!.name;
  return { scene: makeMachineScene({ name, iomem, srat, ...(profile ? { profile } : {}) }), problems: all };
}
