import { isRaw, type Platform, Utils } from '@mikro-orm/core';

/** SQL text with `?` where `values` go, in order, by MikroORM's rules: `??` is an identifier, `\?` a question mark. */
export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The place of a value that is known only when the statement is sent: the `at`-th of the values that come with it. */
export class Hole {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }
}

/** The place of the keys of the rows that a batch is for: of their `at`-th column, in an array. */
export class KeyColumn {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }
}

export const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** A text of ours (a discriminator) in SQL; never a client's. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The text with `$1` …, and the parameters: constants and holes. */
export interface Bound {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

/** Quoted text and identifiers are left alone: a `?` in them is no place. (MikroORM does not escape it in JSON paths.) */
const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\\\?|\?\?|\?/g;

/**
 * Turns `?` into `$n`. MikroORM itself would write the values into the text (`platform.formatQuery`); here each one is
 * bound.
 */
export function bind(platform: Platform, sql: Sql): Bound {
  const parameters: unknown[] = [];
  const place = (value: unknown): string => {
    if (isRaw(value)) return expand(value.sql, value.params);
    if (Array.isArray(value)) return value.map(place).join(', ');
    if (value === null || value === undefined) return 'null';
    parameters.push(Utils.isPlainObject(value) ? JSON.stringify(value) : value);
    return `$${parameters.length}`;
  };
  const expand = (text: string, values: readonly unknown[]): string => {
    let next = 0;
    return text.replace(tokens, (token) => {
      if (token === '\\?') return '?';
      if (token[0] !== '?') return token.replaceAll('\\?', '?');
      if (next === values.length) throw new Error('An SQL fragment has more places than values.');
      const value = values[next++];
      return token === '??' ? String(platform.quoteIdentifier(String(value))) : place(value);
    });
  };
  return { text: expand(sql.text, sql.values), parameters };
}
