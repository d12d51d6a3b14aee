import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Rows } from '../criteria/rows.ts';
import { type Edge, type Level, targetOf } from '../selection/level.ts';
import { column } from '../sql/compilation.ts';
import { formula } from '../sql/formula.ts';
import { bind, quote, type Sql } from '../sql/fragment.ts';
import { termSql } from '../sql/order.ts';
import { type Correlation, type Statement, StatementBuilder } from '../sql/statement.ts';
import { base64url, objectPieces, type Piece, sql, textOf } from './json-text.ts';
import { pagePieces } from './page-text.ts';
import type { ColumnMember, PageShape, RowMember, RowShape, Shape } from './shape.ts';

/** SQL for the text of a global id, of a type and the text of a key. */
export type GlobalIdText = (type: string, key: string) => string;

/** `unwritable`, in SQL. */
const UNWRITABLE = 'chr(1)';

/**
 * The statement whose one value is the reply's own JSON: members in the reply's order, under its keys, and spelled as
 * JavaScript would. Rows are found exactly as by the statement that JavaScript decodes. A row that can't be written (a
 * null that must not be, a value that its scalar refuses) shows as `unwritable`.
 */
export class ShapedStatementBuilder extends StatementBuilder {
  readonly #globalIdText: GlobalIdText | undefined;

  constructor(
    em: SqlEntityManager,
    rows: ReadonlyMap<Level | Edge, Rows>,
    globalIdText: GlobalIdText | undefined,
  ) {
    super(em, rows, new Set());
    this.#globalIdText = globalIdText;
  }

  buildShaped(level: Level, { kind, shape }: Shape): Statement {
    const rows = this.rowsOf(level);
    const text =
      kind === 'page'
        ? this.#page(level, rows, shape)
        : kind === 'list'
          ? textOf(this.#list(level, rows, shape))
          : this.#one(level, rows, shape);
    const bound = bind(this.em.getPlatform(), sql('select (', text, ') as "json"'));
    return { ...bound, decode: (json) => json };
  }

  #one(level: Level, rows: Rows, shape: RowShape, correlation?: Correlation): Sql {
    const alias = this.compilation.alias();
    const row = this.#row(level, shape, alias);
    return sql(
      '(select ',
      row,
      ' from (',
      this.from(level.entity, alias, rows, correlation),
      `) as ${quote(alias)})`,
    );
  }

  #list(level: Level, rows: Rows, shape: RowShape, correlation?: Correlation): Piece[] {
    const alias = this.compilation.alias();
    const row = this.#row(level, shape, alias);
    const from = this.from(level.entity, alias, rows, correlation);
    return [
      '[',
      sql('coalesce((select string_agg(', row, ", ',') from (", from, `) as ${quote(alias)}), '')`),
      ']',
    ];
  }

  #page(level: Level, rows: Rows, shape: PageShape, correlation?: Correlation): Sql {
    return pagePieces(shape, rows, {
      alias: () => this.compilation.alias(),
      row: (rowShape, alias) => this.#row(level, rowShape, alias),
      cursor: (alias) => this.#cursor(rows, alias),
      count: () => sql(this.count(level.entity, rows, correlation), '::text'),
      from: (alias) => this.from(level.entity, alias, rows, correlation),
    });
  }

  /** As `encodeCursor`. */
  #cursor({ order }: Rows, alias: string): Sql {
    const terms = order.map((term) => termSql(this.compilation, term, alias));
    const array = terms.flatMap((term, i) => [i === 0 ? '' : ', ', term, '::text']);
    return base64url(sql('array_to_json(array[', ...array, '])::text'));
  }

  #row(level: Level, { members }: RowShape, alias: string): Sql {
    const pieces = objectPieces(members, (member) => this.#member(level, member, alias));
    return sql('coalesce(', textOf(pieces), `, ${UNWRITABLE})`);
  }

  #member(level: Level, member: RowMember, alias: string): readonly Piece[] {
    switch (member.kind) {
      case 'constant':
        return [member.json];
      case 'column':
        return [this.#column(member, alias)];
      case 'id': {
        const key = `${this.#source(level.entity, member.property, alias)}::text`;
        const text = this.#globalIdText?.(member.type, key);
        if (text === undefined) throw new Error('Nothing says how a global id is written.');
        return ['"', { text, values: [] }, '"'];
      }
      case 'object':
        return objectPieces(member.members, (part) =>
          part.kind === 'constant' ? [part.json] : [this.#column(part, alias)],
        );
      default:
        return this.#related(member, alias);
    }
  }

  #related(member: Extract<RowMember, { readonly edge: Edge }>, own: string): readonly Piece[] {
    const { edge } = member;
    const { relation } = edge.use;
    const level = targetOf(edge);
    const rows = this.rowsOf(edge);
    const on: Correlation = (target) => relation.on(target, own);
    if (member.kind === 'count') return [sql(this.count(level.entity, rows, on), '::text')];
    if (member.kind === 'page') return [sql('(', this.#page(level, rows, member.shape, on), ')')];
    if (relation.many) return this.#list(level, rows, member.shape, on);
    const one = this.#one(level, rows, member.shape, on);
    return [member.nullable ? sql('coalesce(', one, ", 'null')") : one];
  }

  #column({ property, text, nullable, entity }: ColumnMember, alias: string): Sql {
    const source = this.#source(entity, property, alias);
    const json = text.json(source);
    const when = text.when?.(source);
    if (when === undefined) return { text: nullable ? `coalesce(${json}, 'null')` : `(${json})`, values: [] };
    const written = `when ${when} then ${json}`;
    return {
      text: nullable
        ? `case when ${source} is null then 'null' ${written} else ${UNWRITABLE} end`
        : `case ${written} end`,
      values: [],
    };
  }

  #source(entity: EntityMetadata, property: EntityProperty, alias: string): string {
    return property.formula
      ? formula(this.em, entity, property, alias)
      : column(alias, String(property.fieldNames[0]));
  }
}
