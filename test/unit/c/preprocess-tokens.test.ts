import assert from 'node:assert/strict';
import { Tok, type Token } from '../../../src/c/token.ts';
import { codes, run, spelled } from './preprocess-support.ts';

const NAMES = Object.fromEntries(Object.entries(Tok).map(([name, kind]) => [kind, name]));
const kinds = (text: string) =>
  run(text)
    .tokens.slice(0, -1)
    .map((token) => `${NAMES[token.kind]} ${token.text}`);
const split = (text: string) => spelled(run(text).tokens);
/** `line:column` of each token. */
const places = (text: string) => {
  const { tokens, locations } = run(text);
  return tokens.map((token: Token) => {
    const { line, column } = locations.spelling(token.loc);
    return `${line}:${column}`;
  });
};

describe('tokens', () => {
  it('have kinds', () => {
    assert.deepEqual(kinds(`int x1 = 0x1FULL + 'a' - "s\\"t" ; @`), [
      'Ident int',
      'Ident x1',
      'Punct =',
      'Number 0x1FULL',
      'Punct +',
      "Char 'a'",
      'Punct -',
      'String "s\\"t"',
      'Punct ;',
      'Other @',
    ]);
  });

  it('are as long as possible', () => {
    assert.deepEqual(split('a+++++b'), ['a', '++', '++', '+', 'b']);
    assert.deepEqual(split('x<<=y>>=z->w...'), ['x', '<<=', 'y', '>>=', 'z', '->', 'w', '...']);
    assert.deepEqual(split('.. ...'), ['.', '.', '...']);
  });

  it('take preprocessing numbers whole, sensible or not', () => {
    assert.deepEqual(split('1.5e+10 0x1p-3 .5f 1..2 0xe+1 12abc_'), [
      '1.5e+10',
      '0x1p-3',
      '.5f',
      '1..2',
      '0xe+1',
      '12abc_',
    ]);
  });

  it('take prefixes into literals, and only prefixes', () => {
    assert.deepEqual(split(`L"a" u8"b" u'c' U'd' R"e" u9"f"`), [
      'L"a"',
      'u8"b"',
      "u'c'",
      "U'd'",
      'R',
      '"e"',
      'u9',
      '"f"',
    ]);
  });

  it('give digraphs as what they stand for', () => {
    assert.deepEqual(split('<: :> <% %>'), ['[', ']', '{', '}']);
    assert.deepEqual(split('%:define A(x) %:x\nA(b)'), ['"b"']);
  });

  it('know letters of all alphabets as identifiers, and other signs not', () => {
    assert.deepEqual(kinds('größe Ω_1 “x”'), ['Ident größe', 'Ident Ω_1', 'Other “', 'Ident x', 'Other ”']);
    assert.deepEqual(kinds('𝒳 💥'), ['Ident 𝒳', 'Other 💥']);
  });

  it('mark the first of each line, and white space before', () => {
    const { tokens } = run('a b(c)\n  d/**/e');
    assert.deepEqual(
      tokens.slice(0, -1).map((token) => [token.text, token.bol, token.space]),
      [
        ['a', true, true],
        ['b', false, true],
        ['(', false, false],
        ['c', false, false],
        [')', false, false],
        ['d', true, true],
        ['e', false, true],
      ],
    );
  });

  it('are spliced over lines, with their place where they begin', () => {
    const text = 'ab\\\ncd "x\\\ny" e\\   \nf /* \\\n */ g\n// comment \\\n still\nh';
    assert.deepEqual(split(text), ['abcd', '"xy"', 'ef', 'g', 'h']);
    assert.deepEqual(places(text).slice(0, 5), ['1:1', '2:4', '3:4', '5:5', '8:1']);
  });

  it('do not mind the kind of line ends, nor a byte-order mark', () => {
    const text = '\ufeff#define A 1 \\\r\n 2\r\nA\r\n"s"\r\n';
    assert.deepEqual(split(text), ['1', '2', '"s"']);
  });

  it('end with Eof at the end of the file', () => {
    const { tokens, locations } = run('a\nb');
    const end = tokens.at(-1)!;
    assert.equal(end.kind, Tok.Eof);
    assert.deepEqual([locations.presumed(end.loc).line, locations.presumed(end.loc).column], [2, 2]);
  });

  it('pass over comments of all shapes', () => {
    assert.deepEqual(split('a/**/b/***/c//*\nd/*/ */e/*//*/f'), ['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('report a comment and a literal without end', () => {
    assert.deepEqual(codes('a /* b'), ['C001']);
    assert.deepEqual(codes('a "b\nc'), ['C002']);
    assert.deepEqual(codes("it's\n"), ['C002']);
  });

  it('do not mind apostrophes where nothing is compiled', () => {
    assert.deepEqual(codes("#if 0\ndon't\n#endif\n#define UNUSED isn't\n"), []);
  });
});
