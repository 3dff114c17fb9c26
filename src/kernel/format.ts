/*
 * The kernel's format strings (Documentation/core-api/printk-formats.rst; lib/vsprintf.c decides where that is silent).
 * Arguments come as 64-bit cells; the length modifier says how much of a cell counts.
 */

/** What formats need to know of the machine. */
export interface FormatHost {
  readonly wordSize: 4 | 8;
  /** Bytes of phys_addr_t, for %pa. */
  readonly physSize: 4 | 8;
  /** A string of at most `max` bytes at an address the code gave; reports what is wrong with it and answers undefined. */
  string(address: bigint, max: number): string | undefined;
  /** Checked reads. */
  read(address: bigint, size: 1 | 2 | 4 | 8): bigint | undefined;
  /** A name for a pointer that does not depend on where things lie. */
  describe(address: bigint): string;
  resource(address: bigint): { start: bigint; end: bigint; flags: bigint } | undefined;
  /** `struct va_format`: the inner format and its cells. */
  vaFormat(address: bigint): { format: string; cells: bigint } | undefined;
  errorName(errno: number): string | undefined;
}

/** Longest text made from one format string; more is cut. */
export const maxText = 8192;
const maxWidth = 4096;
const maxNesting = 4;

interface Spec {
  left: boolean;
  plus: boolean;
  space: boolean;
  alternate: boolean;
  zero: boolean;
  width: number;
  precision: number | undefined;
}

/** `next` answers the following argument as an unsigned 64-bit cell. */
export function formatText(format: string, next: () => bigint, host: FormatHost, nesting = 0): string {
  let out = '';
  let at = 0;
  while (at < format.length && out.length < maxText) {
    const percent = format.indexOf('%', at);
    if (percent < 0) {
      out += format.slice(at);
      break;
    }
    out += format.slice(at, percent);
    at = percent + 1;

    const spec: Spec = {
      left: false,
      plus: false,
      space: false,
      alternate: false,
      zero: false,
      width: 0,
      precision: undefined,
    };
    for (; ; at++) {
      const c = format[at];
      if (c === '-') spec.left = true;
      else if (c === '+') spec.plus = true;
      else if (c === ' ') spec.space = true;
      else if (c === '#') spec.alternate = true;
      else if (c === '0') spec.zero = true;
      else break;
    }
    const number = (): number => {
      if (format[at] === '*') {
        at++;
        return Number(BigInt.asIntN(32, next()));
      }
      let value = 0;
      for (; isDigit(format[at]); at++) value = Math.min(value * 10 + Number(format[at]), maxWidth);
      return value;
    };
    spec.width = number();
    if (spec.width < 0) {
      spec.left = true;
      spec.width = -spec.width;
    }
    spec.width = Math.min(spec.width, maxWidth);
    if (format[at] === '.') {
      at++;
      const precision = number();
      spec.precision = precision < 0 ? undefined : Math.min(precision, maxWidth);
    }
    let bits = 32;
    for (; ; at++) {
      const c = format[at];
      if (c === 'h') bits = bits === 16 ? 8 : 16;
      else if (c === 'l') bits = bits === 64 || bits === host.wordSize * 8 + 1 ? 64 : host.wordSize * 8 + 1;
      else if (c === 'L' || c === 'q' || c === 'j') bits = 64;
      else if (c === 'z' || c === 't' || c === 'Z') bits = host.wordSize * 8;
      else break;
    }
    // One `l` is a word; it was marked by one bit more, so that the second is recognised on 32-bit machines too.
    if (bits % 8 === 1) bits--;

    const conversion = format[at++];
    switch (conversion) {
      case undefined:
        return out;
      case '%':
        out += '%';
        break;
      case 'd':
      case 'i':
        out += integer(BigInt.asIntN(bits, next()), 10, 'signed', spec);
        break;
      case 'u':
        out += integer(BigInt.asUintN(bits, next()), 10, 'unsigned', spec);
        break;
      case 'o':
        out += integer(BigInt.asUintN(bits, next()), 8, 'unsigned', spec);
        break;
      case 'x':
      case 'X':
        out += integer(BigInt.asUintN(bits, next()), 16, conversion === 'X' ? 'upper' : 'unsigned', spec);
        break;
      case 'c':
        out += pad(String.fromCharCode(Number(next() & 0xffn)), spec);
        break;
      case 's':
        out += pad(textAt(next(), spec.precision, host), spec);
        break;
      case 'n':
        next();
        break;
      case 'p': {
        let extension = '';
        while (/[A-Za-z0-9]/.test(format[at] ?? '')) extension += format[at++];
        out += pad(pointer(extension, next(), spec, host, nesting), spec);
        break;
      }
      default:
        // The kernel warns and stops there; so does what is printed.
        return `${out}%${conversion}`;
    }
  }
  return out.slice(0, maxText);
}

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9';

function pad(text: string, spec: Spec): string {
  return spec.left ? text.padEnd(spec.width) : text.padStart(spec.width);
}

/** As number() of lib/vsprintf.c, which differs from C: `%#x` of 0 is `0x0`, and zeros fill the width with a precision too. */
function integer(value: bigint, base: 8 | 10 | 16, kind: 'signed' | 'unsigned' | 'upper', spec: Spec): string {
  const negative = value < 0n;
  let digits = (negative ? -value : value).toString(base);
  if (kind === 'upper') digits = digits.toUpperCase();
  if (spec.precision !== undefined) digits = digits.padStart(spec.precision, '0');
  let prefix = '';
  if (negative) prefix = '-';
  else if (kind === 'signed' && spec.plus) prefix = '+';
  else if (kind === 'signed' && spec.space) prefix = ' ';
  if (spec.alternate && base === 16) prefix += kind === 'upper' ? '0X' : '0x';
  if (spec.alternate && base === 8 && value !== 0n) prefix += '0';
  if (spec.zero && !spec.left) digits = digits.padStart(spec.width - prefix.length, '0');
  return pad(prefix + digits, spec);
}

function textAt(address: bigint, precision: number | undefined, host: FormatHost): string {
  if (address === 0n) return '(null)'.slice(0, precision);
  const text = host.string(address, precision ?? maxText);
  return text ?? '(efault)';
}

const hex = (value: bigint, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

function pointer(extension: string, address: bigint, spec: Spec, host: FormatHost, nesting: number): string {
  switch (extension[0]) {
    case 'R':
    case 'r': {
      if (extension[1] === 'a') return range(address, host);
      const resource = host.resource(address);
      return resource ? resourceText(resource, extension[0] === 'R', host.physSize) : nullOr(address, '(efault)');
    }
    case 'a': {
      const size = extension[1] === 'd' || extension[1] === 'p' || extension.length === 1 ? host.physSize : 8;
      const value = host.read(address, size);
      return value === undefined ? nullOr(address, '(efault)') : hex(value, size * 2);
    }
    case 'e': {
      const errno = Number(BigInt.asIntN(host.wordSize * 8, address));
      if (errno < 0 && errno >= -4095) return host.errorName(-errno) ?? String(errno);
      return nullOr(address, host.describe(address));
    }
    case 'V': {
      if (nesting >= maxNesting) return '…';
      const inner = host.vaFormat(address);
      if (!inner) return nullOr(address, '(efault)');
      let cell = inner.cells;
      const next = (): bigint => {
        const value = host.read(cell, 8) ?? 0n;
        cell += 8n;
        return value;
      };
      return formatText(inner.format, next, host, nesting + 1);
    }
    case 'x':
      return hex(address, 0)
        .slice(2)
        .padStart(spec.width || host.wordSize * 2, '0');
    case 'S':
    case 's':
    case 'F':
    case 'f':
    case 'B':
      return nullOr(address, host.describe(address));
    default:
      // Addresses are hashed in the kernel; a name is as good, and the same in every run.
      return nullOr(address, host.describe(address));
  }
}

const nullOr = (address: bigint, text: string): string => (address === 0n ? '(null)' : text);

function range(address: bigint, host: FormatHost): string {
  const start = host.read(address, 8);
  const end = host.read(address + 8n, 8);
  if (start === undefined || end === undefined) return nullOr(address, '(efault)');
  return start === end ? `[range ${hex(start, 16)}]` : `[range ${hex(start, 16)}-${hex(end, 16)}]`;
}

/** Bits of include/linux/ioport.h that %pR knows. */
const flag = {
  io: 0x100n,
  mem: 0x200n,
  irq: 0x400n,
  dma: 0x800n,
  bus: 0x1000n,
  prefetch: 0x2000n,
  mem64: 0x10_0000n,
  window: 0x20_0000n,
  disabled: 0x1000_0000n,
  unset: 0x2000_0000n,
} as const;

/** `[mem 0x00100000-0x007fffff 64bit pref]` of %pR, `[mem 0x00100000-0x007fffff flags 0x200]` of %pr. */
export function resourceText(
  resource: { readonly start: bigint; readonly end: bigint; readonly flags: bigint },
  decode: boolean,
  physSize: 4 | 8,
): string {
  const { start, end, flags } = resource;
  const known =
    (flags & flag.io) !== 0n
      ? (['io ', 4] as const)
      : (flags & flag.mem) !== 0n
        ? (['mem', 8] as const)
        : (flags & flag.irq) !== 0n
          ? (['irq', 0] as const)
          : (flags & flag.dma) !== 0n
            ? (['dma', 0] as const)
            : (flags & flag.bus) !== 0n
              ? (['bus', -2] as const)
              : undefined;
  const [type, digits] = known ?? (['???', 8] as const);
  const decoded = decode && known !== undefined;
  // 0: decimal; negative: hexadecimal without prefix.
  const one = (value: bigint): string =>
    digits === 0 ? value.toString() : digits < 0 ? value.toString(16).padStart(-digits, '0') : hex(value, digits);
  let text = `[${type} `;
  if (decoded && (flags & flag.unset) !== 0n) {
    text += `size ${hex(BigInt.asUintN(8 * physSize, end - start + 1n), 0)}`;
  } else {
    text += start === end ? one(start) : `${one(start)}-${one(end)}`;
  }
  if (!decoded) return `${text} flags ${hex(flags, 0)}]`;
  if ((flags & flag.mem64) !== 0n) text += ' 64bit';
  if ((flags & flag.prefetch) !== 0n) text += ' pref';
  if ((flags & flag.window) !== 0n) text += ' window';
  if ((flags & flag.disabled) !== 0n) text += ' disabled';
  return `${text}]`;
}
