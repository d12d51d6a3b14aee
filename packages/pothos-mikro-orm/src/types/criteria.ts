import type { FilterOptions, FilterQuery, Primary, QueryOrderMap } from '@mikro-orm/core';
import type { EntityRow } from './entity.ts';

declare const criteriaFor: unique symbol;

/**
 * Which rows, and in what order. A service returns criteria; the plugin decides how they are loaded.
 *
 * @example
 * const overdue = (now: Date): Criteria<Invoice> => ({
 *   where: { status: 'issued', dueOn: { $lt: now } },
 *   orderBy: { dueOn: 'asc' },
 * });
 */
export interface Criteria<E extends object> {
  readonly where?: FilterQuery<E> | undefined;
  readonly orderBy?: QueryOrderMap<E> | QueryOrderMap<E>[] | undefined;
  /** The most rows that are loaded. @default the builder's `maxSize` */
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
  /**
   * MikroORM filters of this level and of its conditions, as in `em.find`: parameters, or `false` to leave one out (or
   * all). The relations that are shown keep theirs. @default every default filter
   */
  readonly filters?: FilterOptions | undefined;
  /** Keeps criteria of one entity from being used for another. Never set. */
  readonly [criteriaFor]?: E;
}

/** Criteria, or the primary key of the one row. */
export type OneCriteria<E extends object> = Criteria<E> | { readonly key: Primary<E> };

/** Loads one row; null when there is none, or a filter hides it. */
export type ReadOne<E extends object> = (criteria: OneCriteria<E>) => Promise<EntityRow<E> | null>;

/** The primary keys of rows that are wanted one by one; at most the builder's `maxSize`. */
export interface ManyKeys<E extends object> {
  readonly keys: readonly Primary<E>[];
}

/** Loads rows. */
export interface ReadMany<E extends object> {
  /** The rows of each of the keys, in their order: null for one that there is none of, or that a filter hides. */
  (keys: ManyKeys<E>): Promise<(EntityRow<E> | null)[]>;
  (criteria?: Criteria<E>): Promise<EntityRow<E>[]>;
}
