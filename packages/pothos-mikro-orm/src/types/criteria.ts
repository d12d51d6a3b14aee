import type { FilterOptions, FilterQuery, Primary, QueryOrderMap } from '@mikro-orm/core';
import type { EntityRow } from './entity.ts';

declare const criteriaFor: unique symbol;

/**
 * Which rows, and in what order. A service returns criteria; the plugin decides how they are loaded.
 *
 * @example
 * const issuedBefore = (day: Date): Criteria<Invoice> => ({
 *   where: { status: 'issued', issuedAt: { $lt: day }, customer: { country: { code: 'at' } } },
 *   orderBy: { issuedAt: 'desc nulls last' },
 *   limit: 10,
 * });
 *
 * @example
 * // what is said of related rows is said of those alone that the filters show
 * const big: Criteria<Invoice> = { where: { lines: { $some: { quantity: { $gt: 100 } } } } };
 */
export interface Criteria<E extends object> {
  /** As the condition of `em.find`. @default all rows that the filters show */
  readonly where?: FilterQuery<E> | undefined;
  /** As the `orderBy` of `em.find`; the primary key breaks ties. @default by primary key */
  readonly orderBy?: QueryOrderMap<E> | QueryOrderMap<E>[] | undefined;
  /** The most rows that are loaded. @default the builder's `maxSize` */
  readonly limit?: number | undefined;
  /** How many rows are left out before. @default 0 */
  readonly offset?: number | undefined;
  /**
   * MikroORM filters of this level and of its conditions, as in `em.find`: parameters, or `false` to leave one out (or
   * all). The relations that are shown keep theirs. @default every default filter
   */
  readonly filters?: FilterOptions | undefined;
  /** Keeps criteria of one entity from being used for another. Never set. */
  readonly [criteriaFor]?: E;
}

/**
 * Criteria, or the primary key of the one row: what `read` takes for a single row.
 *
 * @example
 * const first: OneCriteria<Invoice> = { key: 1 };
 * const latest: OneCriteria<Invoice> = { orderBy: { issuedAt: 'desc nulls last' } };
 */
export type OneCriteria<E extends object> =
  | Criteria<E>
  | {
      /** The primary key; of a composite one, its parts in the order of the entity. */
      readonly key: Primary<E>;
    };

/**
 * Loads one row; null when there is none, or a filter hides it.
 *
 * @example
 * const newest = (read: ReadOne<Invoice>) => read({ orderBy: { id: 'desc' } });
 */
export type ReadOne<E extends object> = (criteria: OneCriteria<E>) => Promise<EntityRow<E> | null>;

/**
 * The primary keys of rows that are wanted one by one; at most the builder's `maxSize`.
 *
 * @example
 * const chosen: ManyKeys<Invoice> = { keys: [3, 1, 2] };
 */
export interface ManyKeys<E extends object> {
  /** In the order in which the rows are wanted. */
  readonly keys: readonly Primary<E>[];
}

/**
 * Loads the rows.
 *
 * @example
 * const drafts = (read: ReadMany<Invoice>) => read({ where: { status: 'draft' } });
 */
export interface ReadMany<E extends object> {
  /** The rows of each of the keys, in their order: null for one that there is none of, or that a filter hides. */
  (keys: ManyKeys<E>): Promise<(EntityRow<E> | null)[]>;
  (criteria?: Criteria<E>): Promise<EntityRow<E>[]>;
}
