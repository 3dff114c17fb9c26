import type { Expr, FunctionBody, Instr, IrFunction, Program, Terminator } from './ir.ts';

/*
 * The IR as text, for people and for golden tests. Registers are %0 (with the variable's name), slots $0, blocks .0; 64-bit
 * operators carry no mark, 32-bit ones end in `w`.
 */

const SYMBOLS: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  divs: '/s',
  divu: '/u',
  rems: '%s',
  remu: '%u',
  and: '&',
  or: '|',
  xor: '^',
  shl: '<<',
  shrs: '>>s',
  shru: '>>u',
  eq: '==',
  ne: '!=',
  lts: '<s',
  ltu: '<u',
  les: '<=s',
  leu: '<=u',
  gts: '>s',
  gtu: '>u',
  ges: '>=s',
  geu: '>=u',
};

/** One function: its head, then its blocks. `lines` adds the source line to each statement. */
export function printFunction(program: Program, fn: IrFunction, body: FunctionBody): string {
  const printer = new Printer(program, body);
  const params = fn.signature.params.map((type, i) => `${printer.reg(i)}: ${type}`);
  if (fn.signature.variadic) params.push(`${printer.reg(params.length)}: cells`);
  const out = [`${fn.name}(${params.join(', ')})${fn.signature.result ? `: ${fn.signature.result}` : ''}`];
  body.slots.forEach((slot, i) => {
    out.push(`  slot $${i} ${slot.size}/${slot.align}${slot.variable ? ` ${slot.variable.name}` : ''}`);
  });
  body.blocks.forEach((block, i) => {
    out.push(`.${i}:`);
    for (const instr of block.instrs) out.push(`  ${printer.instr(instr)}`);
    out.push(`  ${printer.end(block.end)}`);
  });
  return out.join('\n');
}

class Printer {
  readonly #program: Program;
  readonly #body: FunctionBody;

  constructor(program: Program, body: FunctionBody) {
    this.#program = program;
    this.#body = body;
  }

  reg(index: number): string {
    const name = this.#body.registers[index]?.variable?.name;
    return name === undefined ? `%${index}` : `%${index}.${name}`;
  }

  expr(e: Expr): string {
    switch (e.op) {
      case 'i32':
        return `${e.value}`;
      case 'i64':
        return e.value > 0xffffn || e.value < -0xffffn ? hex(e.value) : `${e.value}`;
      case 'reg':
        return this.reg(e.reg);
      case 'slot':
        return `&$${e.slot}${plus(e.offset)}`;
      case 'global':
        return `&${this.#program.globals[e.global]?.name ?? e.global}${plus(e.offset)}`;
      case 'func':
        return `&${this.#program.functions[e.func]?.name ?? e.func}()`;
      case 'unary':
        return `${e.fn}${e.type === 'i32' ? 'w' : ''}(${this.expr(e.a)})`;
      case 'binary':
        return `(${this.expr(e.a)} ${SYMBOLS[e.fn]}${e.type === 'i32' ? 'w' : ''} ${this.expr(e.b)})`;
      case 'convert':
        return `${e.fn}(${this.expr(e.a)})`;
      case 'select':
        return `(${this.expr(e.cond)} ? ${this.expr(e.a)} : ${this.expr(e.b)})`;
    }
  }

  instr(i: Instr): string {
    switch (i.op) {
      case 'stmt':
        return `# line ${this.#program.locations.presumed(i.loc).line}`;
      case 'loop':
        return `loop ${i.loop}`;
      case 'set':
        return `${this.reg(i.dst)} = ${this.expr(i.value)}`;
      case 'load':
        return `${this.reg(i.dst)} = [${this.expr(i.addr)}]${marks(i.mem, i.partial, i.volatile)}`;
      case 'store':
        return `[${this.expr(i.addr)}]${marks(i.mem, false, i.volatile)} = ${this.expr(i.value)}`;
      case 'copy':
        return `copy ${this.expr(i.dst)} <- ${this.expr(i.src)} ${i.size}`;
      case 'zero':
        return `zero ${this.expr(i.dst)} ${i.size}`;
      case 'call': {
        const callee =
          i.callee.kind === 'direct'
            ? (this.#program.functions[i.callee.func]?.name ?? `${i.callee.func}`)
            : `*${this.expr(i.callee.address)}`;
        const call = `call ${callee}(${i.args.map((arg) => this.expr(arg)).join(', ')})`;
        return i.dst === undefined ? call : `${this.reg(i.dst)} = ${call}`;
      }
      case 'enter':
      case 'leave':
        return `${i.op} $${i.slot}`;
    }
  }

  end(t: Terminator): string {
    switch (t.op) {
      case 'jump':
        return `jump .${t.to}`;
      case 'branch':
        return `if ${this.expr(t.cond)} .${t.then} else .${t.else}`;
      case 'switch': {
        const cases = t.cases.map((c) => `${c.low === c.high ? c.low : `${c.low}..${c.high}`}: .${c.to}`);
        return `switch${t.signed ? 's' : 'u'} ${this.expr(t.value)} { ${[...cases, `else: .${t.default}`].join(', ')} }`;
      }
      case 'return':
        return t.value ? `return ${this.expr(t.value)}` : 'return';
      case 'unreachable':
        return `unreachable: ${t.why}`;
    }
  }
}

function plus(offset: number): string {
  return offset === 0 ? '' : `+${offset}`;
}
function marks(mem: string, partial: boolean | undefined, isVolatile: boolean | undefined): string {
  return `${mem}${partial ? ' partial' : ''}${isVolatile ? ' volatile' : ''}`;
}
function hex(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}
