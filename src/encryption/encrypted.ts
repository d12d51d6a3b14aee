import { p, type TransformContext, Type } from '@mikro-orm/core';
import { activeCipher } from './active-cipher.ts';

/**
 * A text that the database sees encrypted alone, with the key of the session's tenant, for this column. Each write
 * has a new random IV, so equal texts look different: neither SQL nor an index can compare them.
 */
class EncryptedText extends Type<string, string> {
  /** For `pothos-mikro-orm` and the ORM's driver, which refuse to compare and to order by it. */
  readonly incomparable = true;

  override convertToDatabaseValue(value: string, _platform: unknown, context?: TransformContext): string {
    if (value === null || value === undefined) return value;
    if (context?.mode === 'query') {
      throw new Error(`${this.#name} is encrypted: rows can't be found by it, only by whether it is null.`);
    }
    if (typeof value !== 'string') throw new Error(`${this.#name} takes a text.`);
    return activeCipher().seal(value, this.#place);
  }

  override convertToJSValue(value: string): string {
    return value === null || value === undefined ? value : activeCipher().open(value, this.#place);
  }

  /** By what they say: the same text is another one each time that it is encrypted. */
  override compareValues(before: string, now: string): boolean {
    return before === now || this.convertToJSValue(before) === this.convertToJSValue(now);
  }

  override compareAsType(): string {
    return 'string';
  }

  override getColumnType(): string {
    return 'text';
  }

  get #name(): string {
    return `${this.meta?.className}.${this.prop?.name}`;
  }

  get #place(): string {
    return `${this.meta?.tableName}|${this.prop?.fieldNames[0]}`;
  }
}

/**
 * A property whose column is encrypted. Rows can't be found, compared or ordered by it, and `JSON.stringify` of an
 * entity leaves it out.
 *
 * @example
 * properties: { ...identity(), taxId: encrypted().nullable() }
 */
export const encrypted = () => p.type(EncryptedText).hidden();
