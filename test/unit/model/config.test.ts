import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodedError } from '../../../src/base/errors.ts';
import { configured, misfit, parseConfig } from '../../../src/model/config.ts';
import { definesOf, profileNamed } from '../../../src/model/profiles.ts';

const HEAD = '#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.12.0 Kernel Configuration\n#\n';
const x86 = profileNamed('x86_64')!;
const arm64 = profileNamed('arm64-4k')!;

describe('a kernel configuration', () => {
  it('has switches, modules, numbers, strings and what is not set', () => {
    const { options, whole } = parseConfig(
      `${HEAD}CONFIG_A=y\nCONFIG_B=m\r\n# CONFIG_C is not set\nCONFIG_D=64\nCONFIG_E=-1\nCONFIG_F=0xdead000000000000\nCONFIG_G="a \\"b\\""\n\n# a comment\n`,
      '.config',
    );
    assert.equal(whole, true);
    assert.deepEqual(
      [...options],
      [
        ['CONFIG_A', 'y'],
        ['CONFIG_B', 'm'],
        ['CONFIG_C', 'n'],
        ['CONFIG_D', '64'],
        ['CONFIG_E', '-1'],
        ['CONFIG_F', '0xdead000000000000'],
        ['CONFIG_G', '"a \\"b\\""'],
      ],
    );
  });

  for (const [line, code] of [
    ['CONFIG_A', 'D010'],
    ['FOO=y', 'D010'],
    ['<<<<<<< HEAD', 'D010'],
    [' CONFIG_A=y', 'D010'],
    ['CONFIG_A=yes', 'D011'],
    ['CONFIG_A=', 'D011'],
    ['CONFIG_A="open', 'D011'],
    ['CONFIG_A=1; #define X', 'D011'],
    ['CONFIG_A="a\rb"', 'D011'],
  ] as const) {
    it(`refuses ${JSON.stringify(line)}, with its line`, () => {
      assert.throws(
        () => parseConfig(`# x\nCONFIG_OK=y\n${line}\n`, 'my.config'),
        (error) => {
          assert.ok(error instanceof CodedError);
          assert.equal(error.code, code);
          assert.deepEqual(error.place, { file: 'my.config', line: 3, text: line });
          return true;
        },
      );
    });
  }

  it('replaces what the profile says, wholly where kconfig wrote it', () => {
    const text = 'CONFIG_X86_64=y\nCONFIG_64BIT=y\nCONFIG_NUMA=m\n# CONFIG_STRICT_DEVMEM is not set\nCONFIG_NEW=3\n';
    const fragment = definesOf(configured(x86, parseConfig(text, 'f')));
    assert.equal(fragment.get('CONFIG_NEW'), '3');
    assert.equal(fragment.has('CONFIG_NUMA'), false);
    assert.equal(fragment.has('CONFIG_STRICT_DEVMEM'), false);
    assert.equal(fragment.get('CONFIG_SPARSEMEM'), '1');
    const whole = definesOf(configured(x86, parseConfig(HEAD + text, 'f')));
    assert.equal(whole.has('CONFIG_SPARSEMEM'), false);
    assert.equal(whole.get('CONFIG_NUMA_MODULE'), '1');
    assert.equal(whole.get('CONFIG_X86_64'), '1');
    assert.equal(whole.get('__x86_64__'), '1');
  });

  it('is for one architecture', () => {
    const arm = parseConfig(`${HEAD}CONFIG_ARM64=y\nCONFIG_64BIT=y\nCONFIG_ARM64_4K_PAGES=y\n`, '.config');
    assert.equal(misfit(arm, arm64), undefined);
    assert.match(misfit(arm, x86)!, /CONFIG_X86_64 is not set/);
    assert.match(misfit(arm, profileNamed('arm64-64k')!)!, /CONFIG_ARM64_64K_PAGES is not set/);
    assert.equal(misfit(parseConfig('CONFIG_FOO=y\n', 'fragment'), x86), undefined);
    assert.match(misfit(parseConfig('CONFIG_ARM64=y\n', 'fragment'), x86)!, /CONFIG_ARM64 is set/);
  });

  it('is read or refused, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'CONFIG_A=y"\\#\n mn0x1') }), (text) => {
        try {
          parseConfig(text, 'f');
        } catch (error) {
          assert.ok(error instanceof CodedError);
        }
      }),
    );
    assert.throws(() => parseConfig('#'.repeat(9 << 20), 'f'), /D012/);
    // Time grows with the text, not with its square.
    parseConfig(`CONFIG_A="${'\\"'.repeat(500_000)}"\n`, 'f');
  });
});
