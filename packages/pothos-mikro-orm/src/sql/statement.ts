import type { EntityMetadata } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Rows } from '../criteria/rows.ts';
import { type Edge, type Level, targetOf, type Wants } from '../selection/level.ts';
import { cursorOf, LoadedRow } from '../selection/loaded-row.ts';
import { columnReader, type Reader } from './columns.ts';
import { Compilation, column } from './compilation.ts';
import { bind, literal, quote, type Sql } from './fragment.ts';
import { boundSql, orderSql, termSql } from './order.ts';
import { propertyOf, type Relation } from './relation.ts';

/** One statement: its text, its parameters (constants and holes), and what reads its one value. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
  decode(json: string | null): unknown;
}

/** What a statement gives: a row or null; rows; a page. */
export type Result = 'one' | 'many' | 'page';

/** An expression whose value is JSON, and what reads it. */
interface Cell extends Sql {
  read(json: unknown): unknown;
}

export type Correlation = (target: string) => string;

/** PostgreSQL's functions take a hundred arguments at most. */
const mostArguments = 90;

/**
 * The statement for a level and all below it. Each row is a JSON array of its columns and relations; a relation is a
 * scalar subquery; a list is cut to its page in a subquery of its own, or OFFSET would evaluate the relations of the
 * rows that it skips. A to-one relation is no join either: a hash join could lose the order of the rows.
 */
export class StatementBuilder {
  protected readonly em: SqlEntityManager;
  protected readonly compilation: Compilation;
  readonly #rows: ReadonlyMap<Level | Edge, Rows>;

  constructor(em: SqlEntityManager, rows: ReadonlyMap<Level | Edge, Rows>) {
    this.em = em;
    this.compilation = new Compilation(em);
    this.#rows = rows;
  }

  build(level: Level, result: Result, wants: Wants): Statement {
    const rows = this.rowsOf(level);
    const { text, values, read } =
      result === 'page'
        ? this.#page(level, rows, wants)
        : result === 'many'
          ? this.#list(level, rows)
          : this.#one(level, rows);
    const bound = bind(this.em.getPlatform(), { text: `select ${text}::text as "json"`, values });
    return { ...bound, decode: (json) => read(json === null ? null : JSON.parse(json)) };
  }

  protected rowsOf(of: Level | Edge): Rows {
    const rows = this.#rows.get(of);
    if (!rows) throw new Error('A level has no criteria.');
    return rows;
  }

  #list(level: Level, rows: Rows, correlation?: Correlation): Cell {
    const { text, values, read } = this.#selected(level, rows, correlation, (row) => `json_agg(${row})`);
    return { text: `(${text})`, values, read: (json) => (Array.isArray(json) ? json.map(read) : []) };
  }

  #one(level: Level, rows: Rows, correlation?: Correlation): Cell {
    const { text, values, read } = this.#selected(level, rows, correlation, (row) => row);
    return { text: `(${text})`, values, read: (json) => (json === null ? null : read(json)) };
  }

  #selected(
    level: Level,
    rows: Rows,
    correlation: Correlation | undefined,
    aggregate: (row: string) => string,
  ): Cell {
    const alias = this.compilation.alias();
    const row = this.#row(level, rows, alias);
    const from = this.from(level.entity, alias, rows, correlation);
    return {
      text: `select ${aggregate(row.text)} from (${from.text}) as ${quote(alias)}`,
      values: [...row.values, ...from.values],
      read: row.read,
    };
  }

  /** Rows and their number, as far as they are wanted. */
  #page(level: Level, rows: Rows, wants: Wants, correlation?: Correlation): Cell {
    const list = wants.rows ? this.#list(level, rows, correlation) : undefined;
    const total = wants.count ? this.count(level.entity, rows, correlation) : undefined;
    return {
      text: `json_build_array(${list?.text ?? 'null'}, ${total?.text ?? 'null'})`,
      values: [...(list?.values ?? []), ...(total?.values ?? [])],
      read: (json) => {
        const [found, number] = json as [unknown, number | null];
        return { rows: list?.read(found) ?? [], total: number };
      },
    };
  }

  protected count(entity: EntityMetadata, rows: Rows, correlation?: Correlation): Cell {
    const alias = this.compilation.alias();
    const conditions = correlation ? [rows.where, { text: correlation(alias), values: [] }] : [rows.where];
    const { text, values } = this.compilation.select(
      entity,
      alias,
      { text: 'count(*)', values: [] },
      conditions,
    );
    return { text: `(${text})`, values, read: (json) => json };
  }

  protected from(entity: EntityMetadata, alias: string, rows: Rows, correlation?: Correlation): Sql {
    const everything: Sql = { text: `${quote(alias)}.*`, values: [] };
    const from = this.compilation.select(entity, alias, everything, [
      rows.where,
      ...rows.bounds.map((bound) => boundSql(this.compilation, bound, alias)),
      ...(correlation ? [{ text: correlation(alias), values: [] }] : []),
    ]);
    const order = orderSql(this.compilation, rows.order, alias);
    const values = [...from.values, ...order.values];
    let text = from.text + order.text;
    if (typeof rows.limit === 'number') text += ` limit ${rows.limit}`;
    else if (rows.limit) {
      text += ' limit ?';
      values.push(rows.limit);
    }
    if (rows.offset) {
      text += ' offset ?';
      values.push(rows.offset);
    }
    return { text, values };
  }

  /** The JSON array of one row. */
  #row(level: Level, rows: Rows, alias: string): Cell {
    const cells: string[] = [];
    const values: unknown[] = [];
    const readers: (readonly [name: string, read: Reader])[] = [];
    const put = (sql: string) => cells.push(sql) - 1;
    for (const name of level.columns) {
      readers.push([name, columnReader(this.em, level.entity, propertyOf(level.entity, name), alias, put)]);
    }
    for (const edge of level.edges.values()) {
      const cell = this.#edge(edge, alias);
      values.push(...cell.values);
      const at = put(cell.text);
      readers.push([edge.slot, (json) => cell.read(json[at])]);
    }
    const cursor = rows.cursors ? this.#cursor(rows, alias) : undefined;
    const cursorAt = cursor ? put(cursor.text) : -1;
    if (cursor) values.push(...cursor.values);
    const read = (json: unknown) => {
      const array = chunks > 1 ? (json as unknown[][]).flat() : (json as unknown[]);
      const row = new LoadedRow(level);
      for (const [name, reader] of readers) row[name] = reader(array);
      if (cursor) row[cursorOf] = array[cursorAt] as readonly (string | null)[];
      return row;
    };
    const chunks = Math.ceil(cells.length / mostArguments);
    return { text: jsonArray(cells), values, read };
  }

  #cursor({ order }: Rows, alias: string): Sql {
    const terms = order.map((term) => termSql(this.compilation, term, alias));
    return {
      text: jsonArray(terms.map(({ text }) => `${text}::text`)),
      values: terms.flatMap(({ values }) => values),
    };
  }

  #edge(edge: Edge, own: string): Cell {
    const { relation, kind } = edge.use;
    if (relation.alternatives) return this.#alternatives(edge, relation, own);
    const on: Correlation = (target) => relation.on(target, own);
    const level = targetOf(edge);
    const rows = this.rowsOf(edge);
    if (kind === 'count') return this.count(level.entity, rows, on);
    if (kind === 'page') return this.#page(level, rows, edge.wants, on);
    return relation.many ? this.#list(level, rows, on) : this.#one(level, rows, on);
  }

  /** A relation to one of several entities: the row says which. */
  #alternatives(edge: Edge, relation: Relation, own: string): Cell {
    const cells = (relation.alternatives ?? []).map((alternative, i) => {
      const level = edge.targets[i];
      if (!level) throw new Error(`"${edge.field.name}" lacks a level.`);
      const cell = this.#one(level, this.rowsOf(level), (target) => alternative.relation.on(target, own));
      return { ...alternative, cell };
    });
    const whens = cells.map(
      ({ key, column: name, cell }, i) =>
        `when ${column(own, name)} = ${literal(key)} then json_build_array(${i}, ${cell.text})`,
    );
    return {
      text: `(case ${whens.join(' ')} end)`,
      values: cells.flatMap(({ cell }) => cell.values),
      read: (json) => {
        if (json === null) return null;
        const [which, row] = json as [number, unknown];
        return cells[which]?.cell.read(row) ?? null;
      },
    };
  }
}

function jsonArray(cells: readonly string[]): string {
  if (cells.length <= mostArguments) return `json_build_array(${cells.join(', ')})`;
  const chunks = Array.from({ length: Math.ceil(cells.length / mostArguments) }, (_, i) =>
    cells.slice(i * mostArguments, (i + 1) * mostArguments),
  );
  return `json_build_array(${chunks.map(jsonArray).join(', ')})`;
}
