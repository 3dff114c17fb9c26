import type { ArchProfile } from './api.ts';
import { badConfigLine, badConfigValue, configTooLong } from './errors.ts';

/*
 * A kernel's configuration, as kconfig writes it to `.config`. Not shell, not make: the three forms of lines that kconfig
 * writes, and nothing else.
 */

/** CONFIG_X → `y`, `m`, `n` (is not set), a number, or a string in its quotes. */
export interface KernelConfig {
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
  /** Written by kconfig as a whole: what it does not name is not set. A fragment leaves the rest to the profile. */
  readonly whole: boolean;
}

/** Characters of one file; distributions' have 300,000. */
const MAX_CHARACTERS = 8 << 20;

/** Reads a `.config`. Throws D010 for a line of another form, D011 for a value of no type, D012 where it is too long. */
export function parseConfig(text: string, name: string): KernelConfig {
  if (text.length > MAX_CHARACTERS) throw configTooLong(name, MAX_CHARACTERS);
  const options = new Map<string, string>();
  let whole = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const place = () => ({ file: name, line: index + 1, ...(line.length <= 400 && { text: line }) });
    if (line.startsWith('#')) {
      const off = /^# (CONFIG_\w+) is not set$/.exec(line);
      if (off) options.set(off[1]!, 'n');
      else if (/^# Automatically generated file; DO NOT EDIT\.$/.test(line)) whole = true;
      continue;
    }
    if (line.trim() === '') continue;
    const equals = line.indexOf('=');
    const option = line.slice(0, Math.max(0, equals));
    if (!/^CONFIG_\w+$/.test(option)) throw badConfigLine(place());
    const value = line.slice(equals + 1);
    if (!/^(?:[ymn]|-?[0-9]+|0[xX][0-9a-fA-F]+|"(?:[^"\\\r]|\\[^\r])*")$/.test(value))
      throw badConfigValue(place(), option);
    options.set(option, value);
  }
  return { name, options, whole };
}

/** Options that tell which architecture, word and page a kernel is built for. */
const architecture = [
  'X86_64',
  'X86_32',
  'ARM64',
  'ARM',
  'RISCV',
  'PPC64',
  'S390',
  'LOONGARCH',
  'MIPS',
  'SPARC',
  'UML',
].map((option) => `CONFIG_${option}`);
const variants = ['64BIT', 'X86_PAE', 'X86_5LEVEL', 'ARM64_4K_PAGES', 'ARM64_16K_PAGES', 'ARM64_64K_PAGES'].map(
  (option) => `CONFIG_${option}`,
);

/**
 * Why a configuration is not one for kernels of this profile; undefined where it is. It is where it sets the options of the
 * profile's architecture (a fragment: where it does not unset them), and those of no other.
 */
export function misfit(config: KernelConfig, profile: ArchProfile): string | undefined {
  const set = (option: string): boolean => config.options.get(option) === 'y';
  for (const option of [...architecture, ...variants]) {
    const wanted = profile.config.get(option) === 'y';
    const missing = config.whole ? !set(option) : config.options.get(option) === 'n';
    if (wanted && missing) return `${option} is not set`;
    if (!wanted && set(option) && architecture.includes(option)) return `${option} is set`;
  }
  return undefined;
}

/** The profile with the options of a configuration in place of its own; what describes the architecture stays. */
export function configured(profile: ArchProfile, config: KernelConfig): ArchProfile {
  const options = new Map<string, string>();
  for (const [option, value] of profile.config)
    if (!config.whole || architecture.includes(option) || variants.includes(option) || /_SHIFT$/.test(option))
      options.set(option, value);
  for (const [option, value] of config.options) options.set(option, value);
  return { ...profile, config: options };
}
