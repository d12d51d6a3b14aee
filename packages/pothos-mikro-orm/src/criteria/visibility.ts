import type { EntityMetadata, FilterOptions } from '@mikro-orm/core';
import { QueryHelper } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Relation } from '../sql/relation.ts';
import { all, type Condition, everything } from './condition.ts';
import type { ConditionParser } from './parse.ts';

/** Classes of entities, and conditions of relations, that are being followed. */
type Within = readonly unknown[];

/**
 * Evaluates MikroORM's filters: which rows of an entity the caller may see. They hold wherever a row is reached: at the
 * root, through a relation, in a count, and inside a condition or an order that follows a relation. (MikroORM 7.2.1 adds
 * them to none of its quantifiers and to no order, so a caller could ask whether a hidden row has some property.)
 */
export class Visibility {
  readonly #em: SqlEntityManager;
  readonly #parser: ConditionParser;

  constructor(em: SqlEntityManager, parser: ConditionParser) {
    this.#em = em;
    this.#parser = parser;
  }

  /**
   * The condition that a row of `entity` is visible.
   *
   * @param within what led here: entities whose own filters are being followed. One that comes back to such an entity
   * stops there, or two policies that name each other would have no end
   */
  async of(
    entity: EntityMetadata,
    filters: FilterOptions | undefined,
    within: Within = [],
  ): Promise<Condition> {
    if (filters === false || within.includes(entity.root.class)) return everything;
    const where = await this.#em.applyFilters(entity.class, {}, filters ?? {}, 'read');
    const condition = this.#parser.parse(entity, where, true);
    await this.complete(filters, [...within, entity.root.class]);
    return condition;
  }

  /** As `of`, for the rows that a relation leads to; with what the relation itself says of them. */
  async through(
    relation: Relation,
    filters: FilterOptions | undefined,
    within: Within = [],
  ): Promise<Condition> {
    const { target, where } = relation;
    const merged =
      relation.filters === undefined ? filters : QueryHelper.mergePropertyFilters(relation.filters, filters);
    const visible = await this.of(target, merged, within);
    if (!where || within.includes(where)) return visible;
    const own = this.#parser.parse(target, where);
    await this.complete(merged, [...within, where]);
    return all([visible, own]);
  }

  /** Adds the targets' filters to the conditions on related rows that were parsed since the last time. */
  async complete(filters: FilterOptions | undefined, within: Within = []): Promise<void> {
    for (const { relation, visible } of this.#parser.takeRelated()) {
      visible.condition = await this.through(relation, filters, within);
    }
  }
}
