import type { EntityMetadata } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Rows } from '../criteria/rows.ts';
import { type Edge, type Level, targetOf, type Wants } from '../selection/level.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import { columnReader, type Reader } from './columns.ts';
import { Compilation, column } from './compilation.ts';
import { bind, KeyColumn, literal, quote, type Sql } from './fragment.ts';
import { boundSql, orderSql, termSql } from './order.ts';
import { propertyOf, type Relation } from './relation.ts';
import { rowReader } from './row-reader.ts';

/** One statement: its text, its parameters (constants and holes), and what reads its one value. */
export interface Statement {
  readonly text: string;
  readonly parameters: readonly unknown[];
  /** @param waiting gets the rows whose batched relations are to be loaded by further statements */
  decode(json: string | null, waiting: Waiting[]): unknown;
}

/** A row whose relation is loaded by a statement of its own. */
export interface Waiting {
  readonly edge: Edge;
  readonly row: LoadedRow;
  /** Its text of the columns that the relation reads. */
  readonly key: readonly (string | null)[];
}

/** What a statement gives: a row or null; rows; a page. */
export type Result = 'one' | 'many' | 'page';

/** An expression whose value is JSON, and what reads it. */
interface Cell extends Sql {
  read(json: unknown, waiting: Waiting[]): unknown;
}

export type Correlation = (target: string) => string;

/** The place of a key in its batch; no column has such a name. */
const ordinal = quote('#');

/** PostgreSQL's functions take a hundred arguments at most. */
const mostArguments = 90;

/**
 * The statement for a level and all below it. Each row is a JSON array of its columns and relations; a relation is a
 * scalar subquery; a list is cut to its page in a subquery of its own, or OFFSET would evaluate the relations of the
 * rows that it skips. A to-one relation is no join either: a hash join could lose the order of the rows. Which relations
 * are batched instead, `plan/splitting.ts` says.
 */
export class StatementBuilder {
  protected readonly em: SqlEntityManager;
  protected readonly compilation: Compilation;
  readonly #rows: ReadonlyMap<Level | Edge, Rows>;
  readonly #batched: ReadonlySet<Edge>;

  /** @param batched relations that are left to other statements; each row brings the keys for them */
  constructor(em: SqlEntityManager, rows: ReadonlyMap<Level | Edge, Rows>, batched: ReadonlySet<Edge>) {
    this.em = em;
    this.compilation = new Compilation(em);
    this.#rows = rows;
    this.#batched = batched;
  }

  build(level: Level, result: Result, wants: Wants): Statement {
    const rows = this.rowsOf(level);
    const { text, values, read } =
      result === 'page'
        ? this.#page(level, rows, wants)
        : result === 'many'
          ? this.#list(level, rows)
          : this.#one(level, rows);
    return this.#bound({ text, values, read });
  }

  /**
   * The statement for one relation of many rows: their keys go in, and for each comes out, in the same order, what a
   * row has there. It is the same subquery as in one statement, so conditions, order, limits and pages hold alike.
   */
  buildBatch(edge: Edge): Statement {
    const own = this.compilation.alias();
    const columns = edge.use.relation.own();
    const cell = this.#edge(edge, own);
    const names = [...columns.map(({ name }) => quote(name)), ordinal].join(', ');
    const arrays = columns.map(({ type }) => `?::${type}[]`).join(', ');
    return this.#bound({
      text:
        `(select json_agg(${cell.text} order by ${quote(own)}.${ordinal}) ` +
        `from unnest(${arrays}) with ordinality as ${quote(own)} (${names}))`,
      values: [...cell.values, ...columns.map((_column, at) => new KeyColumn(at))],
      read: (json, waiting) => (json as unknown[]).map((value) => cell.read(value, waiting)),
    });
  }

  #bound({ text, values, read }: Cell): Statement {
    const bound = bind(this.em.getPlatform(), { text: `select ${text}::text as "json"`, values });
    return { ...bound, decode: (json, waiting) => read(json === null ? null : JSON.parse(json), waiting) };
  }

  protected rowsOf(of: Level | Edge): Rows {
    const rows = this.#rows.get(of);
    if (!rows) throw new Error('A level has no criteria.');
    return rows;
  }

  #list(level: Level, rows: Rows, correlation?: Correlation): Cell {
    const { text, values, read } = this.#selected(level, rows, correlation, (row) => `json_agg(${row})`);
    return {
      text: `(${text})`,
      values,
      read: (json, waiting) => (Array.isArray(json) ? json.map((row) => read(row, waiting)) : []),
    };
  }

  #one(level: Level, rows: Rows, correlation?: Correlation): Cell {
    const { text, values, read } = this.#selected(level, rows, correlation, (row) => row);
    return {
      text: `(${text})`,
      values,
      read: (json, waiting) => (json === null ? null : read(json, waiting)),
    };
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
      read: (json, waiting) => {
        const [found, number] = json as [unknown, number | null];
        return { rows: list?.read(found, waiting) ?? [], total: number };
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
    const columns: (readonly [name: string, read: Reader])[] = [];
    const relations: (readonly [slot: string, at: number, read: Cell['read']])[] = [];
    const waits: (readonly [edge: Edge, places: readonly number[]])[] = [];
    const put = (sql: string) => cells.push(sql) - 1;
    for (const name of level.columns) {
      columns.push([name, columnReader(this.em, level.entity, propertyOf(level.entity, name), alias, put)]);
    }
    for (const edge of level.edges.values()) {
      if (this.#batched.has(edge)) {
        const key = edge.use.relation.own();
        waits.push([edge, key.map(({ name }) => put(`${column(alias, name)}::text`))]);
        continue;
      }
      const cell = this.#edge(edge, alias);
      values.push(...cell.values);
      relations.push([edge.slot, put(cell.text), cell.read]);
    }
    const cursor = rows.cursors ? this.#cursor(rows, alias) : undefined;
    const cursorAt = cursor ? put(cursor.text) : undefined;
    if (cursor) values.push(...cursor.values);
    const row = rowReader(level, { columns, relations, waits, cursorAt });
    const read =
      cells.length > mostArguments
        ? (json: unknown, waiting: Waiting[]) => row((json as unknown[][]).flat(), waiting)
        : (json: unknown, waiting: Waiting[]) => row(json as unknown[], waiting);
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
      read: (json, waiting) => {
        if (json === null) return null;
        const [which, row] = json as [number, unknown];
        return cells[which]?.cell.read(row, waiting) ?? null;
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
