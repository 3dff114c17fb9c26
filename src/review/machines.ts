import type { CodedError } from '../base/errors.ts';
import type { MachineModel } from '../model/api.ts';
import { applyDefines, type Defines, parseDefines } from '../model/defines.ts';
import { parseDmesg } from '../model/dmesg.ts';
import { type MachinePart, type MachineText, readMachineTexts } from '../model/input.ts';
import { writeMachineFile } from '../model/machine-file.ts';
import { builtInMachines } from '../model/machines.ts';
import { onlyWhatIf, unknownMachine } from './errors.ts';
import type { Scenario } from './scenario.ts';

/** A machine's file as text: the bytes of ACPI tables in a form that {@link Machines} reads. */
export { textOfMachine } from '../model/acpi.ts';

/** The machine of several files as a machine file, what each of them told, and what could not be read. */
export function combinedMachine(
  texts: readonly MachineText[],
  name?: string,
): {
  readonly name: string;
  readonly text: string;
  readonly machine: MachineModel;
  readonly parts: readonly MachinePart[];
  readonly problems: readonly CodedError[];
} {
  const { machine, parts, problems } = readMachineTexts(texts, name);
  return { name: machine.name, text: writeMachineFile(machine), machine, parts, problems };
}

/** Definitions of the command line: those of a machine's constants, and those of the tree. Throws D023, also for bounds of a search. */
export function splitDefines(texts: readonly string[]): { readonly constants: Defines; readonly macros: Defines } {
  const all = parseDefines(texts);
  const { macros, bounds } = applyDefines(builtInMachines.get('x86_64')!.profile, all);
  if (bounds.start !== undefined || bounds.end !== undefined) throw onlyWhatIf();
  return { constants: new Map([...all].filter(([name]) => !macros.has(name))), macros };
}

/** Finds machines by the names that scenarios and the command line use: built-in ones, and texts that the host has read. */
export class Machines {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #known = new Map<string, MachineModel>();

  readonly #defines: Defines;

  /** `defines`: constants of every machine, under other values. */
  constructor(texts: ReadonlyMap<string, string> = new Map(), defines: Defines = new Map()) {
    this.#texts = texts;
    this.#defines = defines;
  }

  builtIn(name: string): MachineModel | undefined {
    return builtInMachines.get(name);
  }

  /** Throws R006 for an unknown name, and what the readers throw for a bad text. */
  named(name: string, dmesg?: string): MachineModel {
    const key = `${name}\n${dmesg ?? ''}`;
    let model = this.#known.get(key);
    if (!model) {
      model = this.#make(name);
      if (dmesg !== undefined) {
        const text = this.#texts.get(dmesg);
        if (text === undefined) throw unknownMachine(dmesg, [...this.#texts.keys()]);
        model = { ...model, srat: parseDmesg(text, { name: dmesg }).srat };
      }
      if (this.#defines.size > 0) model = { ...model, profile: applyDefines(model.profile, this.#defines).profile };
      this.#known.set(key, model);
    }
    return model;
  }

  #make(name: string): MachineModel {
    const builtIn = builtInMachines.get(name);
    if (builtIn) return builtIn;
    const text = this.#texts.get(name);
    if (text === undefined) throw unknownMachine(name, [...builtInMachines.keys()]);
    return readMachineTexts([{ name, text }]).machine;
  }

  /** The machines a scenario runs on; `override` replaces those of a built-in one. */
  of(scenario: Scenario, override?: string): readonly MachineModel[] {
    const names = override !== undefined && scenario.builtIn ? [override] : scenario.machines;
    return (names.length > 0 ? names : ['x86_64']).map((name) => this.named(name, scenario.dmesg));
  }
}
