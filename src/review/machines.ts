import type { MachineModel } from '../model/api.ts';
import { parseDmesg } from '../model/dmesg.ts';
import { isKernelLog, machineOfDmesg } from '../model/dmesg-machine.ts';
import { parseIomem } from '../model/iomem.ts';
import { builtInMachines } from '../model/machines.ts';
import { profileNamed } from '../model/profiles.ts';
import { unknownMachine } from './errors.ts';
import type { Scenario } from './scenario.ts';

/** Finds machines by the names that scenarios and the command line use: built-in ones, and texts that the host has read. */
export class Machines {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #known = new Map<string, MachineModel>();

  constructor(texts: ReadonlyMap<string, string> = new Map()) {
    this.#texts = texts;
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
      this.#known.set(key, model);
    }
    return model;
  }

  #make(name: string): MachineModel {
    const builtIn = builtInMachines.get(name);
    if (builtIn) return builtIn;
    const text = this.#texts.get(name);
    if (text === undefined) throw unknownMachine(name, [...builtInMachines.keys()]);
    if (isKernelLog(text)) return machineOfDmesg(text, name);
    const { resources, problems } = parseIomem(text, { name });
    if (resources.length === 0 && problems[0]) throw problems[0];
    return { name, description: `read from ${name}`, profile: profileNamed('x86_64')!, iomem: resources, srat: [] };
  }

  /** The machines a scenario runs on; `override` replaces those of a built-in one. */
  of(scenario: Scenario, override?: string): readonly MachineModel[] {
    const names = override !== undefined && scenario.builtIn ? [override] : scenario.machines;
    return (names.length > 0 ? names : ['x86_64']).map((name) => this.named(name, scenario.dmesg));
  }
}
