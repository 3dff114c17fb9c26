import type { ArchProfile, MachineModel, MachineResource, SratRange } from './api.ts';
import { applyDefines } from './defines.ts';
import { badMachineField } from './errors.ts';
import { inferFlags } from './flags.ts';
import { type Json, parseJson, placeOf } from './json.ts';
import { profileNamed, profileNames } from './profiles.ts';

/*
 * A machine as a file of its own: machine.schema.json. Addresses are strings `"0x…"`, ends inclusive.
 */

const FORMAT = 'iomem-review-machine';
const MAX_RANGES = 200_000;
const MAX_DEPTH = 64;
const TOP = (1n << 64n) - 1n;

export const isMachineFile = (text: string): boolean =>
  /^\s*\{/.test(text.slice(0, 4096)) && text.slice(0, 4096).includes(FORMAT);

/** Reads a machine file. Throws D018 where it is no JSON, D019 where it is not what the schema says, both with line and column. */
export function parseMachineFile(text: string, name: string): MachineModel {
  return new FileReader(text, name).machine(parseJson(text, name));
}

class FileReader {
  readonly #text: string;
  readonly #name: string;
  #count = 0;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  #wrong(json: Json, path: string, wants: string): never {
    throw badMachineField({ file: this.#name, ...placeOf(this.#text, json) }, path, wants);
  }

  #object(json: Json, path: string, known: readonly string[]): ReadonlyMap<string, Json> {
    if (json.kind !== 'object') this.#wrong(json, path, 'an object');
    for (const [key, value] of json.members)
      if (!known.includes(key))
        this.#wrong(value, `${path}.${key.slice(0, 80)}`, `another name: one of ${known.join(', ')}`);
    return json.members;
  }

  #string(json: Json | undefined, path: string, at: Json): string {
    if (json?.kind !== 'string' || /\p{Cc}/u.test(json.text))
      this.#wrong(json ?? at, path, 'a string without control characters');
    return json.text;
  }

  #address(json: Json | undefined, path: string, at: Json): bigint {
    if (json?.kind !== 'string' || !/^0x[0-9a-fA-F]{1,16}$/.test(json.text))
      this.#wrong(json ?? at, path, 'a string "0x…" of up to 16 digits');
    return BigInt(json.text);
  }

  #whole(json: Json | undefined, path: string, at: Json, most: number): number {
    const value = json?.kind === 'number' ? Number(json.text) : Number.NaN;
    if (!Number.isInteger(value) || value < 0 || value > most)
      this.#wrong(json ?? at, path, `a whole number up to ${most}`);
    return value;
  }

  #list(json: Json | undefined, path: string): readonly Json[] {
    if (json === undefined) return [];
    if (json.kind !== 'array') this.#wrong(json, path, 'an array');
    this.#count += json.items.length;
    if (this.#count > MAX_RANGES) this.#wrong(json, path, `no more than ${MAX_RANGES} ranges in all`);
    return json.items;
  }

  #flag(json: Json | undefined, path: string): boolean {
    if (json !== undefined && (json.kind !== 'word' || json.text === 'null')) this.#wrong(json, path, 'true or false');
    return json?.kind === 'word' && json.text === 'true';
  }

  machine(json: Json): MachineModel {
    const members = this.#object(json, 'machine', [
      '$schema',
      'format',
      'version',
      'description',
      'profile',
      'constants',
      'config',
      'memory',
      'srat',
    ]);
    const [format, version] = [members.get('format'), members.get('version')];
    if (format?.kind !== 'string' || format.text !== FORMAT) this.#wrong(format ?? json, 'format', `"${FORMAT}"`);
    if (version?.kind !== 'number' || Number(version.text) !== 1) this.#wrong(version ?? json, 'version', '1');
    const description = members.get('description');
    return {
      name: this.#name,
      description: description ? this.#string(description, 'description', json) : `read from ${this.#name}`,
      profile: this.#profile(members.get('profile'), members.get('constants'), members.get('config'), json),
      iomem: this.#resources(this.#list(members.get('memory'), 'memory'), 'memory', 0n, TOP, 0),
      srat: this.#list(members.get('srat'), 'srat').map((entry, i) => this.#affinity(entry, `srat[${i}]`)),
    };
  }

  #profile(named: Json | undefined, constants: Json | undefined, config: Json | undefined, at: Json): ArchProfile {
    const name = named === undefined ? 'x86_64' : this.#string(named, 'profile', at);
    const profile = profileNamed(name);
    if (!profile) this.#wrong(named ?? at, 'profile', `one of ${profileNames.join(', ')}`);
    const defines = new Map<string, string>();
    if (constants)
      for (const [key, value] of this.#object(constants, 'constants', [
        'MAX_PHYSMEM_BITS',
        'SECTION_SIZE_BITS',
        'PHYSMEM_END',
      ]))
        defines.set(
          key,
          key === 'PHYSMEM_END'
            ? `0x${this.#address(value, `constants.${key}`, constants).toString(16)}`
            : String(this.#whole(value, `constants.${key}`, constants, 63)),
        );
    if (config && config.kind !== 'object') this.#wrong(config, 'config', 'an object');
    for (const [key, value] of config?.members ?? []) {
      const path = `config.${key.slice(0, 80)}`;
      if (!/^CONFIG_\w{1,100}$/.test(key)) this.#wrong(value, path, 'another name: CONFIG_…');
      const text = this.#string(value, path, value);
      if (!/^(?:[ymn]|-?\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(text))
        this.#wrong(value, path, '"y", "m", "n" or a number');
      defines.set(key, text);
    }
    return applyDefines(profile, defines).profile;
  }

  #resources(items: readonly Json[], path: string, low: bigint, high: bigint, depth: number): MachineResource[] {
    let from = low;
    return items.map((item, i) => {
      const here = `${path}[${i}]`;
      if (depth > MAX_DEPTH) this.#wrong(item, here, `no more than ${MAX_DEPTH} levels`);
      const members = this.#object(item, here, ['name', 'start', 'end', 'flags', 'desc', 'children']);
      const name = this.#string(members.get('name'), `${here}.name`, item);
      const start = this.#address(members.get('start'), `${here}.start`, item);
      const end = this.#address(members.get('end'), `${here}.end`, item);
      if (end < start) this.#wrong(item, `${here}.end`, 'to lie behind start');
      if (start < from || end > high) this.#wrong(item, here, 'to lie inside its parent, behind its neighbour');
      from = end + 1n;
      const children = this.#resources(
        this.#list(members.get('children'), `${here}.children`),
        `${here}.children`,
        start,
        end,
        depth + 1,
      );
      const inferred = inferFlags(
        name,
        children.map((c) => c.name),
      );
      const [flags, desc] = [members.get('flags'), members.get('desc')];
      return {
        name,
        start,
        end,
        flags: flags ? this.#address(flags, `${here}.flags`, item) : inferred.flags,
        desc: desc ? this.#whole(desc, `${here}.desc`, item, 255) : inferred.desc,
        children,
        line: item.line,
      };
    });
  }

  #affinity(item: Json, path: string): SratRange {
    const members = this.#object(item, path, ['node', 'pxm', 'start', 'end', 'hotplug', 'nonVolatile']);
    const node = this.#whole(members.get('node'), `${path}.node`, item, 0xffff);
    const pxm = members.get('pxm');
    const start = this.#address(members.get('start'), `${path}.start`, item);
    const end = this.#address(members.get('end'), `${path}.end`, item);
    if (end < start) this.#wrong(item, `${path}.end`, 'to lie behind start');
    return {
      node,
      pxm: pxm ? this.#whole(pxm, `${path}.pxm`, item, 0xffff_ffff) : node,
      start,
      end,
      hotplug: this.#flag(members.get('hotplug'), `${path}.hotplug`),
      nonVolatile: this.#flag(members.get('nonVolatile'), `${path}.nonVolatile`),
      line: item.line,
    };
  }
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** A machine as such a file. Flags and desc are written where the name does not tell them. */
export function writeMachineFile(machine: MachineModel): string {
  const memory = (resources: readonly MachineResource[]): unknown[] =>
    resources.map(({ name, start, end, flags, desc, children }) => {
      const inferred = inferFlags(
        name,
        children.map((c) => c.name),
      );
      return {
        name: name.replace(/\p{Cc}/gu, '\ufffd'),
        start: hex(start),
        end: hex(end),
        ...(flags === inferred.flags ? {} : { flags: hex(flags) }),
        ...(desc === inferred.desc ? {} : { desc }),
        ...(children.length === 0 ? {} : { children: memory(children) }),
      };
    });
  const { profile } = machine;
  const base = profileNamed(profile.name.split(' ')[0]!) ?? profileNamed('x86_64')!;
  const constants = {
    ...(profile.maxPhysmemBits === base.maxPhysmemBits ? {} : { MAX_PHYSMEM_BITS: profile.maxPhysmemBits }),
    ...(profile.sectionSizeBits === base.sectionSizeBits ? {} : { SECTION_SIZE_BITS: profile.sectionSizeBits }),
    ...(profile.physmemEnd === base.physmemEnd ? {} : { PHYSMEM_END: hex(profile.physmemEnd) }),
  };
  const config = [...profile.config].filter(([option, value]) => (base.config.get(option) ?? 'n') !== value);
  const file = {
    format: FORMAT,
    version: 1,
    description: machine.description.replace(/\p{Cc}/gu, ' '),
    profile: base.name,
    ...(Object.keys(constants).length === 0 ? {} : { constants }),
    ...(config.length === 0 ? {} : { config: Object.fromEntries(config) }),
    memory: memory(machine.iomem),
    srat: machine.srat.map(({ node, pxm, start, end, hotplug, nonVolatile }) => ({
      node,
      pxm,
      start: hex(start),
      end: hex(end),
      ...(hotplug ? { hotplug } : {}),
      ...(nonVolatile ? { nonVolatile } : {}),
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
