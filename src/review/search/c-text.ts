import type { CType } from '../../c/types.ts';

/**
 * A declaration of `name` with this type, as C writes it. undefined for a type that another unit cannot name: a struct
 * without a tag, and what is made of one.
 */
export function declaration(type: CType, name: string): string | undefined {
  switch (type.kind) {
    case 'void':
      return withName(`${qualifiers(type)}void`, name);
    case 'int':
      return withName(`${qualifiers(type)}${type.name}`, name);
    case 'struct':
    case 'union':
    case 'enum':
      return type.tag === undefined ? undefined : withName(`${qualifiers(type)}${type.kind} ${type.tag}`, name);
    case 'pointer': {
      const inner = `*${qualifiers(type)}${name}`;
      const { to } = type;
      return declaration(to, to.kind === 'function' || to.kind === 'array' ? `(${inner})` : inner);
    }
    case 'array':
      return declaration(type.of, `${name}[${type.length ?? ''}]`);
    case 'function': {
      const params: string[] = [];
      for (const param of type.params) {
        const text = declaration(param.type, '');
        if (text === undefined) return undefined;
        params.push(text);
      }
      if (type.variadic) params.push('...');
      return declaration(type.returns, `${name}(${params.length > 0 ? params.join(', ') : 'void'})`);
    }
  }
}

const qualifiers = (type: CType): string => `${type.const ? 'const ' : ''}${type.volatile ? 'volatile ' : ''}`;

const withName = (base: string, name: string): string => (name === '' ? base : `${base} ${name}`);
