import type { Native, NativeCall } from '../machine/api.ts';
import type { KernelContext } from './api.ts';
import { errorNames } from './errno.ts';
import { type FormatHost, formatText, maxText } from './format.ts';
import { fieldsOf, type ResourceLayout, resourceLayout } from './layout.ts';

/** Levels of include/linux/kern_levels.h; a line without one is a warning. */
const defaultLevel = 4;

/** printk(), sprintf() and their kin over one format engine. */
export class Printing {
  readonly #context: KernelContext;
  #resource: ResourceLayout | undefined;
  #physSize: 4 | 8 | undefined;

  constructor(context: KernelContext) {
    this.#context = context;
  }

  natives(): Map<string, Native> {
    return new Map<string, Native>([
      ['_printk', (call) => this.#print(call, call.arg(0), call.arg(1))],
      ['vprintk', (call) => this.#print(call, call.arg(0), call.arg(1))],
      ['sprintf', (call) => this.#store(call, -1n, 1, 2, 'length')],
      ['vsprintf', (call) => this.#store(call, -1n, 1, 2, 'length')],
      ['snprintf', (call) => this.#store(call, call.arg(1), 2, 3, 'length')],
      ['vsnprintf', (call) => this.#store(call, call.arg(1), 2, 3, 'length')],
      ['scnprintf', (call) => this.#store(call, call.arg(1), 2, 3, 'stored')],
      ['vscnprintf', (call) => this.#store(call, call.arg(1), 2, 3, 'stored')],
    ]);
  }

  /** The text of a format at `format` with its arguments in 8-byte cells at `cells`. */
  text(call: NativeCall, format: bigint, cells: bigint): string {
    const host = this.#host(call);
    const template = host.string(format, maxText) ?? '(efault)';
    let cell = cells;
    const next = (): bigint => {
      const value = call.memory.read(cell, 8) ?? 0n;
      cell += 8n;
      return value;
    };
    return formatText(template, next, host);
  }

  #print(call: NativeCall, format: bigint, cells: bigint): void {
    const text = this.text(call, format, cells);
    call.result(byteLength(text));
    for (const { level, line } of logLines(text)) {
      call.event({ kind: 'log', level, text: line, thread: call.thread, loc: call.loc });
    }
  }

  #store(
    call: NativeCall,
    size: bigint,
    formatArg: number,
    cellsArg: number,
    answer: 'length' | 'stored',
  ): ReturnType<Native> {
    const bytes = utf8.encode(this.text(call, call.arg(formatArg), call.arg(cellsArg)));
    const room = size < 0n ? bytes.length + 1 : Number(size > 0x7fff_ffffn ? 0x7fff_ffffn : size);
    const stored = Math.max(0, Math.min(bytes.length, room - 1));
    if (room > 0) {
      const to = call.arg(0);
      if (!call.check(to, stored + 1, true)) return { kill: true };
      store(call, to, bytes.subarray(0, stored));
      call.memory.write(to + BigInt(stored), 1, 0n);
      call.setInitialised(to, stored + 1, true);
    }
    call.result(answer === 'length' ? bytes.length : stored);
  }

  #host(call: NativeCall): FormatHost {
    const { memory } = call;
    const read = (address: bigint, size: 1 | 2 | 4 | 8): bigint | undefined =>
      address !== 0n && call.check(address, size, false) ? memory.read(address, size) : undefined;
    return {
      wordSize: memory.wordSize,
      physSize: this.#phys(),
      read,
      string: (address, max) => stringAt(call, address, max),
      describe: (address) => memory.describe(address),
      resource: (address) => {
        this.#resource ??= resourceLayout(this.#context.program);
        const layout = this.#resource;
        if (!layout || address === 0n) return undefined;
        const start = read(address + layout.start.offset, layout.start.size);
        const end = start === undefined ? undefined : read(address + layout.end.offset, layout.end.size);
        const flags = end === undefined ? undefined : read(address + layout.flags.offset, layout.flags.size);
        return start === undefined || end === undefined || flags === undefined ? undefined : { start, end, flags };
      },
      vaFormat: (address) => {
        const fields = fieldsOf(this.#context.program, 'va_format');
        const [fmt, va] = [fields?.get('fmt'), fields?.get('va')];
        if (!fmt || !va) return undefined;
        const format = read(address + fmt.offset, fmt.size);
        const list = read(address + va.offset, va.size);
        const cells = list === undefined ? undefined : read(list, memory.wordSize);
        const text = format === undefined ? undefined : stringAt(call, format, maxText);
        return text === undefined || cells === undefined ? undefined : { format: text, cells };
      },
      errorName: (errno) => {
        const name = errorNames.get(errno);
        return name === undefined ? undefined : `-${name}`;
      },
    };
  }

  #phys(): 4 | 8 {
    if (this.#physSize === undefined) {
      const type = this.#context.program?.typeNamed('phys_addr_t');
      this.#physSize = type?.kind === 'int' && type.size === 4 ? 4 : 8;
    }
    return this.#physSize;
  }
}

/** Writes bytes, eight at a time as far as they go. */
function store(call: NativeCall, to: bigint, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) call.memory.write(to + BigInt(at), 8, view.getBigUint64(at, true));
  for (; at < bytes.length; at++) call.memory.write(to + BigInt(at), 1, BigInt(bytes[at]!));
}

const utf8 = new TextEncoder();

/** Of the text in UTF-8. */
function byteLength(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return utf8.encode(text).length;
  return text.length;
}

/** A string that the code points at; what is wrong with the pointer is reported. */
export function stringAt(call: NativeCall, address: bigint, max: number): string | undefined {
  if (max === 0) return '';
  if (!call.check(address, 1, false)) return undefined;
  const object = call.memory.objectAt(address);
  const room = object ? Number(object.base + BigInt(object.size) - address) : max;
  const text = call.memory.readString(address, Math.min(max, room));
  // No end inside the object: the next byte is read, which is out of bounds.
  if (text !== undefined && room < max && byteLength(text) >= room) {
    call.check(address, room + 1, false);
  }
  return text;
}

/** Lines with their levels: `\x01` and a digit in front of a line. A continuation is a line of its own. */
export function logLines(text: string): { readonly level: number; readonly line: string }[] {
  const lines: { level: number; line: string }[] = [];
  let level = defaultLevel;
  for (let line of text.split('\n')) {
    while (line.startsWith('\x01')) {
      const digit = line[1] ?? '';
      if (digit >= '0' && digit <= '7') level = Number(digit);
      line = line.slice(2);
    }
    if (line) lines.push({ level, line });
  }
  return lines;
}
