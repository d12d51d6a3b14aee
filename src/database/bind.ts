import { isRaw, JsonProperty, type PostgreSqlPlatform, Utils } from '@mikro-orm/postgresql';

export interface BoundStatement {
  readonly text: string;
  readonly values: unknown[];
}

/**
 * Turns a statement of MikroORM's (`?` for a value, `??` for a name, `\?` for a question mark) into one with
 * parameters, where stock MikroORM writes the values into the text; its `Platform.formatQuery` has the rules.
 *
 * A number written into a text has a type, a parameter has none until something is made of it: so numbers and booleans
 * are cast to the type that their text would have had.
 *
 * @throws Error when places and values don't match. MikroORM itself makes such texts: a raw piece's value that it wrote
 * into the text, and that has a question mark in it, looks like a place.
 */
export function bind(platform: PostgreSqlPlatform, sql: string, params: readonly unknown[]): BoundStatement {
  if (params.length === 0) return { text: sql, values: [] };
  const values: unknown[] = [];
  const parameter = (value: unknown, cast = ''): string => `$${values.push(value)}${cast}`;

  const place = (value: unknown): string => {
    if (isRaw(value)) return expand(value.sql, value.params);
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'number') return parameter(value, `::${numericType(value)}`);
    if (typeof value === 'boolean') return parameter(value, '::bool');
    if (value instanceof Date) return parameter(platform.formatDate(value));
    if (isJson(value)) return parameter(JSON.stringify(value));
    if (Array.isArray(value)) return value.map(place).join(', ');
    return parameter(value);
  };

  const expand = (text: string, given: readonly unknown[]): string => {
    let next = 0;
    const expanded = text.replace(/\\\?|\?\??/g, (mark, offset: number) => {
      if (mark === '\\?') return '?';
      const value = given[next++];
      if (mark === '??') {
        return isRaw(value) ? expand(value.sql, value.params) : platform.quoteIdentifier(String(value));
      }
      return isUsualLimit(text, offset, value) ? String(value) : place(value);
    });
    if (next !== given.length) {
      throw new Error(
        `A statement has ${next} places for ${given.length} values; a question mark that is none is \\?.`,
      );
    }
    return expanded;
  };

  return { text: expand(sql, params), values };
}

function numericType(value: number): string {
  if (!Number.isFinite(value)) return 'float8';
  if (!Number.isSafeInteger(value)) return 'numeric';
  return Math.abs(value) < 2 ** 31 ? 'int4' : 'int8';
}

/** MikroORM marks arrays that are JSON. */
function isJson(value: unknown): boolean {
  return Utils.isPlainObject(value) || (typeof value === 'object' && value !== null && JsonProperty in value);
}

/**
 * With a limit that it can't see PostgreSQL guesses a tenth of the rows, likes no plan that it could keep, and plans
 * at every execution.
 */
function isUsualLimit(text: string, offset: number, value: unknown): boolean {
  if (text.slice(offset - 6, offset).toLowerCase() !== 'limit ') return false;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1000;
}
