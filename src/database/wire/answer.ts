import type { CustomTypesConfig } from 'pg';

/** A column of a row description, as `pg-protocol` reads it. */
export interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

/** What the server answered to one statement. */
export interface Answer {
  /** The command's tag: `SELECT`, `INSERT`, `COMMIT`, … Empty when `more` is true. */
  readonly command: string;
  /** Rows returned or changed. */
  readonly rowCount: number;
  readonly rows: Record<string, unknown>[];
  /** True when a portal has more rows to fetch. */
  readonly more: boolean;
}

/** Reads one statement's rows as `pg` would: text values through the type parsers, by column name. */
export class AnswerReader {
  readonly rows: Record<string, unknown>[] = [];
  readonly #types: CustomTypesConfig;
  #layout: readonly { readonly name: string; readonly parse: (value: string) => unknown }[] = [];

  constructor(types: CustomTypesConfig) {
    this.#types = types;
  }

  /** Takes in the server's description of the rows to come. */
  describe(columns: readonly Column[]): void {
    this.#layout = columns.map(({ name, dataTypeID }) => ({
      name,
      parse: this.#types.getTypeParser(dataTypeID, 'text'),
    }));
  }

  /** Takes over the layout of the rows, for the later fetches of a portal, which the server does not describe again. */
  continueWith(earlier: AnswerReader): void {
    this.#layout = earlier.#layout;
  }

  /** Takes in one row. */
  read(values: readonly (string | null)[]): void {
    const row: Record<string, unknown> = {};
    let position = 0;
    for (const { name, parse } of this.#layout) {
      const value = values[position++] ?? null;
      row[name] = value === null ? null : parse(value);
    }
    this.rows.push(row);
  }

  /** The statement is through. @param tag such as `INSERT 0 5`, `SELECT 3` or `COMMIT` */
  complete(tag: string): Answer {
    const [command = '', ...numbers] = tag.split(' ');
    return { command, rowCount: Number(numbers.at(-1) ?? 0), rows: this.rows, more: false };
  }

  /** A portal has given as many rows as were asked for. */
  suspended(): Answer {
    return { command: '', rowCount: this.rows.length, rows: this.rows, more: true };
  }
}
