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
  #names: string[] = [];
  #parsers: ((value: string) => unknown)[] = [];

  constructor(types: CustomTypesConfig) {
    this.#types = types;
  }

  describe(columns: readonly Column[]): void {
    this.#names = columns.map(({ name }) => name);
    this.#parsers = columns.map(({ dataTypeID }) => this.#types.getTypeParser(dataTypeID, 'text'));
  }

  /** The layout of the rows, for the later fetches of a portal, which the server does not describe again. */
  continueWith(earlier: AnswerReader): void {
    this.#names = earlier.#names;
    this.#parsers = earlier.#parsers;
  }

  read(values: readonly (string | null)[]): void {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < this.#names.length; i++) {
      const value = values[i] ?? null;
      row[this.#names[i] as string] = value === null ? null : this.#parsers[i]?.(value);
    }
    this.rows.push(row);
  }

  /** @param tag such as `INSERT 0 5`, `SELECT 3` or `COMMIT` */
  complete(tag: string): Answer {
    const [command = '', ...numbers] = tag.split(' ');
    return { command, rowCount: Number(numbers.at(-1) ?? 0), rows: this.rows, more: false };
  }

  suspended(): Answer {
    return { command: '', rowCount: this.rows.length, rows: this.rows, more: true };
  }
}
