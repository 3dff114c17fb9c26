import type { Target } from '../types.ts';

/*
 * What gcc 12 predefines with the kernel's flags (-std=gnu11 -O2 -ffreestanding -fshort-wchar -fno-pie), apart from floating
 * point, 128-bit integers and the architecture's own names: those (`__x86_64__` …) are the caller's.
 */

/** As the text of a file that is read before each unit. */
export function predefinedMacros(target: Target): string {
  const wide = target.wordSize === 8;
  const i64 = wide ? 'long int' : 'long long int';
  const u64 = wide ? 'long unsigned int' : 'long long unsigned int';
  const L = wide ? 'L' : 'LL';
  const word = wide ? 'long int' : 'int';
  const uword = wide ? 'long unsigned int' : 'unsigned int';
  const wordBits = target.wordSize * 8;
  const max64 = `0x7fffffffffffffff${L}`;
  const umax64 = `0xffffffffffffffffU${L}`;
  const wordMax = wide ? max64 : '0x7fffffff';
  const uwordMax = wide ? umax64 : '0xffffffffU';

  const macros = new Map<string, string>([
    ['__STDC__', '1'],
    ['__STDC_VERSION__', '201112L'],
    ['__STDC_HOSTED__', '0'],
    ['__STDC_UTF_16__', '1'],
    ['__STDC_UTF_32__', '1'],
    ['__GNUC__', '12'],
    ['__GNUC_MINOR__', '2'],
    ['__GNUC_PATCHLEVEL__', '0'],
    ['__GNUC_STDC_INLINE__', '1'],
    ['__GXX_ABI_VERSION', '1017'],
    ['__VERSION__', '"12.2.0"'],
    ['__OPTIMIZE__', '1'],
    ['__GCC_ASM_FLAG_OUTPUTS__', '1'],
    ['__PRAGMA_REDEFINE_EXTNAME', '1'],
    ['__REGISTER_PREFIX__', ''],
    ['__USER_LABEL_PREFIX__', ''],
    ['__CHAR_BIT__', '8'],
    ['__BIGGEST_ALIGNMENT__', '16'],
    ['__ORDER_LITTLE_ENDIAN__', '1234'],
    ['__ORDER_BIG_ENDIAN__', '4321'],
    ['__ORDER_PDP_ENDIAN__', '3412'],
    ['__BYTE_ORDER__', '__ORDER_LITTLE_ENDIAN__'],
    ['__SCHAR_MAX__', '0x7f'],
    ['__SHRT_MAX__', '0x7fff'],
    ['__INT_MAX__', '0x7fffffff'],
    ['__LONG_MAX__', wide ? max64 : '0x7fffffffL'],
    ['__LONG_LONG_MAX__', '0x7fffffffffffffffLL'],
    ['__SCHAR_WIDTH__', '8'],
    ['__SHRT_WIDTH__', '16'],
    ['__INT_WIDTH__', '32'],
    ['__LONG_WIDTH__', String(wordBits)],
    ['__LONG_LONG_WIDTH__', '64'],
    ['__SIZEOF_SHORT__', '2'],
    ['__SIZEOF_INT__', '4'],
    ['__SIZEOF_LONG__', String(target.wordSize)],
    ['__SIZEOF_LONG_LONG__', '8'],
    ['__SIZEOF_POINTER__', String(target.wordSize)],
    ['__SIZEOF_SIZE_T__', String(target.wordSize)],
    ['__SIZEOF_PTRDIFF_T__', String(target.wordSize)],
    ['__SIZEOF_WCHAR_T__', '2'],
    ['__SIZEOF_WINT_T__', '4'],
    ['__WCHAR_TYPE__', 'short unsigned int'],
    ['__WCHAR_MAX__', '0xffff'],
    ['__WCHAR_MIN__', '0'],
    ['__WCHAR_WIDTH__', '16'],
    ['__WINT_TYPE__', 'unsigned int'],
    ['__WINT_MAX__', '0xffffffffU'],
    ['__WINT_MIN__', '0U'],
    ['__WINT_WIDTH__', '32'],
    ['__CHAR16_TYPE__', 'short unsigned int'],
    ['__CHAR32_TYPE__', 'unsigned int'],
    ['__SIG_ATOMIC_TYPE__', 'int'],
    ['__SIG_ATOMIC_MAX__', '0x7fffffff'],
    ['__SIG_ATOMIC_WIDTH__', '32'],
    ['__ATOMIC_RELAXED', '0'],
    ['__ATOMIC_CONSUME', '1'],
    ['__ATOMIC_ACQUIRE', '2'],
    ['__ATOMIC_RELEASE', '3'],
    ['__ATOMIC_ACQ_REL', '4'],
    ['__ATOMIC_SEQ_CST', '5'],
    ['__GCC_HAVE_SYNC_COMPARE_AND_SWAP_1', '1'],
    ['__GCC_HAVE_SYNC_COMPARE_AND_SWAP_2', '1'],
    ['__GCC_HAVE_SYNC_COMPARE_AND_SWAP_4', '1'],
    ['__GCC_HAVE_SYNC_COMPARE_AND_SWAP_8', '1'],
    ['__SIZE_TYPE__', uword],
    ['__SIZE_MAX__', uwordMax],
    ['__SIZE_WIDTH__', String(wordBits)],
    ['__UINTPTR_TYPE__', uword],
    ['__UINTPTR_MAX__', uwordMax],
    ['__INTMAX_C(c)', `c ## ${L}`],
    ['__UINTMAX_TYPE__', u64],
    ['__UINTMAX_MAX__', umax64],
    ['__UINTMAX_C(c)', `c ## U${L}`],
  ]);
  const integers: readonly (readonly [name: string, type: string, max: string, bits: number])[] = [
    ['PTRDIFF', word, wordMax, wordBits],
    ['INTPTR', word, wordMax, wordBits],
    ['INTMAX', i64, max64, 64],
    ['INT_LEAST8', 'signed char', '0x7f', 8],
    ['INT_LEAST16', 'short int', '0x7fff', 16],
    ['INT_LEAST32', 'int', '0x7fffffff', 32],
    ['INT_LEAST64', i64, max64, 64],
    ['INT_FAST8', 'signed char', '0x7f', 8],
    ['INT_FAST16', word, wordMax, wordBits],
    ['INT_FAST32', word, wordMax, wordBits],
    ['INT_FAST64', i64, max64, 64],
  ];
  for (const [name, type, max, bits] of integers) {
    macros.set(`__${name}_TYPE__`, type).set(`__${name}_MAX__`, max).set(`__${name}_WIDTH__`, String(bits));
  }
  const exact: readonly (readonly [bits: string, signed: string, max: string, unsigned: string, umax: string])[] = [
    ['8', 'signed char', '0x7f', 'unsigned char', '0xff'],
    ['16', 'short int', '0x7fff', 'short unsigned int', '0xffff'],
    ['32', 'int', '0x7fffffff', 'unsigned int', '0xffffffffU'],
    ['64', i64, max64, u64, umax64],
  ];
  for (const [bits, signed, max, unsigned, umax] of exact) {
    macros.set(`__INT${bits}_TYPE__`, signed).set(`__INT${bits}_MAX__`, max);
    macros.set(`__UINT${bits}_TYPE__`, unsigned).set(`__UINT${bits}_MAX__`, umax);
    macros.set(`__UINT_LEAST${bits}_TYPE__`, unsigned).set(`__UINT_LEAST${bits}_MAX__`, umax);
    const fast = bits === '16' || bits === '32';
    macros.set(`__UINT_FAST${bits}_TYPE__`, fast ? uword : unsigned);
    macros.set(`__UINT_FAST${bits}_MAX__`, fast ? uwordMax : umax);
    macros.set(`__INT${bits}_C(c)`, bits === '64' ? `c ## ${L}` : 'c');
    macros.set(`__UINT${bits}_C(c)`, bits === '64' ? `c ## U${L}` : bits === '32' ? 'c ## U' : 'c');
  }
  if (wide) macros.set('_LP64', '1').set('__LP64__', '1');
  if (!target.charSigned) macros.set('__CHAR_UNSIGNED__', '1');
  return [...macros].map(([name, body]) => `#define ${name} ${body}\n`).join('');
}

/**
 * What the kernel's build itself says: `-D__KERNEL__`, and the unit's own names, as Kbuild makes them. `__IOMEM_REVIEW__`
 * tells the model headers that this front end reads them.
 */
export function unitMacros(path: string): ReadonlyMap<string, string> {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  const name = file.replace(/[^A-Za-z0-9_]/g, '_');
  return new Map([
    ['__KERNEL__', '1'],
    ['__IOMEM_REVIEW__', '1'],
    ['KBUILD_BASENAME', `"${name}"`],
    ['KBUILD_MODNAME', `"${name}"`],
    ['KBUILD_MODFILE', `"${path.replace(/\.[^./]*$/, '').replace(/["\\\n]/g, '_')}"`],
    ['__KBUILD_MODNAME', `kmod_${name}`],
  ]);
}

/** Answers to `__has_attribute(x)`: the attributes that gcc 12 knows and the kernel asks for, without their underscores. */
export const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'access alias aligned alloc_align alloc_size always_inline assume_aligned cleanup cold const constructor copy ' +
    'deprecated designated_init destructor error externally_visible fallthrough flatten format format_arg gnu_inline ' +
    'hot leaf malloc may_alias mode naked no_instrument_function no_profile_instrument_function no_reorder ' +
    'no_sanitize no_sanitize_address no_sanitize_coverage no_sanitize_thread no_sanitize_undefined no_split_stack ' +
    'no_stack_limit noclone noinit noinline noipa nonnull nonstring noreturn nothrow optimize packed patchable_function_entry ' +
    'pure returns_nonnull returns_twice scalar_storage_order section sentinel simd symver target tls_model ' +
    'transparent_union unavailable uninitialized unused used vector_size visibility warn_if_not_aligned ' +
    'warn_unused_result warning weak weakref zero_call_used_regs'
  ).split(' '),
);

/** Answers to `__has_builtin(x)`. */
export const BUILTINS: ReadonlySet<string> = new Set(
  (
    '__builtin_expect __builtin_expect_with_probability __builtin_constant_p __builtin_choose_expr ' +
    '__builtin_types_compatible_p __builtin_offsetof __builtin_unreachable __builtin_trap __builtin_prefetch ' +
    '__builtin_object_size __builtin_dynamic_object_size __builtin_return_address __builtin_frame_address ' +
    '__builtin_extract_return_addr __builtin_assume_aligned __builtin_has_attribute __builtin_alloca ' +
    '__builtin_add_overflow __builtin_sub_overflow __builtin_mul_overflow __builtin_add_overflow_p ' +
    '__builtin_sub_overflow_p __builtin_mul_overflow_p __builtin_bswap16 __builtin_bswap32 __builtin_bswap64 ' +
    '__builtin_clz __builtin_clzl __builtin_clzll __builtin_ctz __builtin_ctzl __builtin_ctzll __builtin_ffs ' +
    '__builtin_ffsl __builtin_ffsll __builtin_popcount __builtin_popcountl __builtin_popcountll __builtin_parity ' +
    '__builtin_va_start __builtin_va_end __builtin_va_copy __builtin_va_arg __builtin_memcpy __builtin_memset ' +
    '__builtin_memmove __builtin_memcmp __builtin_strlen __builtin_strcmp __builtin_strncmp __builtin_abs ' +
    '__builtin_classify_type __builtin_LINE __builtin_FILE __builtin_FUNCTION'
  ).split(' '),
);
