import type { EntityMetadata, FilterOptions, MetadataStorage } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { decodeCursor } from '../connection/cursor.ts';
import type { PageRequest } from '../connection/page.ts';
import type { Hole } from '../sql/fragment.ts';
import type { Relation } from '../sql/relation.ts';
import type { Criteria } from '../types/criteria.ts';
import { all, type Condition } from './condition.ts';
import { type OrderTerm, parseOrder, reversed, tieBreakers } from './order.ts';
import { ConditionParser } from './parse.ts';
import type { Shape } from './shape.ts';
import { Visibility } from './visibility.ts';

/** Which rows of a level, in what order, ready to become SQL. */
export interface Rows {
  readonly where: Condition;
  readonly order: readonly OrderTerm[];
  readonly limit: number | Hole | undefined;
  readonly offset: Hole | undefined;
  /** Of a page: where it begins and ends. It does not count for `totalCount`. */
  readonly bounds: readonly Bound[];
  /** Of a page: each row brings the text of its order columns. */
  readonly cursors: boolean;
  /** Of a page: from which end it is cut, and whether the client named its ends. */
  readonly page?: PageEnds;
}

export interface PageEnds {
  readonly backward: boolean;
  readonly after: boolean;
  readonly before: boolean;
}

/** One end of a page: rows that come after the values, in this order. Null stands for itself. */
export interface Bound {
  readonly order: readonly OrderTerm[];
  readonly values: readonly (Hole | null)[];
}

export interface RowsRequest {
  readonly entity: EntityMetadata;
  readonly criteria: Criteria<object>;
  /** The relation that leads to the rows, for what it says of them. */
  readonly relation?: Relation | undefined;
  /** For one row or a list. @default no limit */
  readonly limit?: number | undefined;
  readonly page?: PageRequest | undefined;
}

/** Turns criteria into rows; asks MikroORM for the filters. One for each statement. */
export class RowsPreparer {
  readonly #em: SqlEntityManager;
  readonly #metadata: MetadataStorage;
  readonly #shape: Shape;
  readonly #usualLimits: ReadonlySet<number>;

  constructor(em: SqlEntityManager, shape: Shape, usualLimits: ReadonlySet<number>) {
    this.#em = em;
    this.#metadata = em.getMetadata();
    this.#shape = shape;
    this.#usualLimits = usualLimits;
  }

  /** @throws GraphQLError BAD_USER_INPUT for a cursor that belongs to another order */
  async prepare({ entity, criteria, relation, limit, page }: RowsRequest): Promise<Rows> {
    const shape = this.#shape;
    const parser = new ConditionParser(this.#metadata, this.#em.getPlatform(), shape);
    const visibility = new Visibility(this.#em, parser);
    shape.key += '\n';
    const filters: FilterOptions | undefined = criteria.filters;
    const visible = relation
      ? await visibility.through(relation, filters)
      : await visibility.of(entity, filters);
    shape.key += '?';
    const asked = parser.parse(entity, criteria.where);
    await visibility.complete(filters);
    const where = all([visible, asked]);

    const orderBy = criteria.orderBy ?? relation?.orderBy;
    shape.key += '^';
    const order = await parseOrder(entity, orderBy, { metadata: this.#metadata, shape, visibility, filters });
    if (page) {
      const complete = [...order, ...tieBreakers(entity, order, shape)];
      const bounds = this.#bounds(complete, page);
      return {
        where,
        order: page.backward ? reversed(complete) : complete,
        limit: this.#limit(page.size + 1),
        offset: undefined,
        bounds,
        cursors: true,
        page: {
          backward: page.backward,
          after: page.after !== undefined,
          before: page.before !== undefined,
        },
      };
    }
    const most = criteria.limit ?? limit;
    return {
      where,
      // A list without an order would show other rows each time that its limit cuts.
      order: order.length > 0 || most === undefined || most === 1 ? order : tieBreakers(entity, order, shape),
      limit: most === undefined ? undefined : this.#limit(most),
      offset: criteria.offset ? this.#offset(criteria.offset) : undefined,
      bounds: [],
      cursors: false,
    };
  }

  #bounds(order: readonly OrderTerm[], { after, before, backward }: PageRequest): Bound[] {
    this.#shape.key += backward ? '<' : '>';
    const bounds: Bound[] = [];
    for (const [cursor, towards] of [
      [after, order],
      [before, reversed(order)],
    ] as const) {
      if (cursor === undefined) continue;
      const values = decodeCursor(cursor, order).map((text) => {
        this.#shape.key += text === null ? 'n' : 'v';
        return text === null ? null : this.#shape.hole(text);
      });
      this.#shape.key += cursor === after ? 'a' : 'b';
      bounds.push({ order: towards, values });
    }
    return bounds;
  }

  /**
   * Usual limits are written into the text: with `limit $n` PostgreSQL guesses a tenth of the rows and plans anew at
   * each execution. Others are bound, so that clients can't fill the cache.
   */
  #limit(limit: number): number | Hole {
    if (!Number.isSafeInteger(limit) || limit < 0)
      throw new RangeError(`A limit is a whole number, not ${limit}.`);
    this.#shape.key += 'L';
    if (!this.#usualLimits.has(limit)) return this.#shape.hole(limit);
    this.#shape.key += limit;
    return limit;
  }

  #offset(offset: number): Hole {
    if (!Number.isSafeInteger(offset) || offset < 0)
      throw new RangeError(`An offset is a whole number, not ${offset}.`);
    this.#shape.key += 'O';
    return this.#shape.hole(offset);
  }
}
