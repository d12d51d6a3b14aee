import { type Dictionary, type EntityMetadata, raw } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Condition, RelatedCondition } from '../criteria/condition.ts';
import { everything, holdsOfMissing, isEverything } from '../criteria/condition.ts';
import { isSpread } from './class-line.ts';
import { quote, type Sql } from './fragment.ts';
import { flatHierarchy } from './hierarchy.ts';

/** One statement in the making: names for its subqueries, and MikroORM's query builder for their conditions. */
export class Compilation {
  readonly em: SqlEntityManager;
  #aliases = 0;

  constructor(em: SqlEntityManager) {
    this.em = em;
  }

  alias(): string {
    return `_${this.#aliases++}`;
  }

  /**
   * `select <columns> from <table> as <alias> where …`, by MikroORM's query builder. It is created without the
   * EntityManager: no schema of a fork gets into the text, `search_path` decides.
   */
  select(entity: EntityMetadata, alias: string, columns: Sql, conditions: readonly (Condition | Sql)[]): Sql {
    const builder = this.em
      .getDriver()
      .createQueryBuilder(entity.class, undefined, 'read', true, undefined, alias);
    const spread = isSpread(entity);
    builder.select(spread ? raw('1') : raw(columns.text, [...columns.values]));
    for (const condition of conditions) {
      const where = 'text' in condition ? keyed(condition) : this.#where(condition, alias);
      if (where) builder.andWhere(where);
    }
    const { sql, params } = builder.toQuery();
    if (!spread) return { text: sql, values: params };
    // MikroORM joined the tables above, and names their columns by their aliases: here they are the row's own.
    const [, ...where] = sql.split(' where ');
    const own = Object.values(builder.state.tptAlias).reduce(
      (text, other) => text.replaceAll(`${quote(other)}.`, `${quote(alias)}.`),
      where.join(' where '),
    );
    const from = `select ${columns.text} from (${flatHierarchy(entity)}) as ${quote(alias)}`;
    return { text: own === '' ? from : `${from} where ${own}`, values: [...columns.values, ...params] };
  }

  /** A condition for MikroORM's query builder; undefined where there is none. */
  #where(condition: Condition, alias: string): Dictionary | undefined {
    if (isEverything(condition)) return undefined;
    switch (condition.kind) {
      case 'own':
        return { ...condition.where };
      case 'not': {
        const of = this.#where(condition.of, alias);
        return of ? { $not: of } : keyed({ text: '(1 = 0)', values: [] });
      }
      case 'all':
        return { $and: condition.of.flatMap((part) => this.#where(part, alias) ?? []) };
      case 'any': {
        if (condition.of.some(isEverything)) return undefined;
        if (condition.of.length === 0) return keyed({ text: '(1 = 0)', values: [] });
        return { $or: condition.of.flatMap((part) => this.#where(part, alias) ?? []) };
      }
      case 'related':
        return keyed(this.#related(condition, alias));
    }
  }

  #related({ relation, quantifier, matches, visible, size }: RelatedCondition, own: string): Sql {
    const target = this.alias();
    const on: Sql = { text: relation.on(target, own), values: [] };
    const rows = (columns: string, ...conditions: Condition[]) =>
      this.select(relation.target, target, { text: columns, values: [] }, [
        on,
        visible.condition,
        ...conditions,
      ]);
    if (quantifier === 'size') {
      const { text, values } = rows('count(*)');
      const comparisons = (size ?? []).map(([operator, value]) => ({ operator, value }));
      return {
        text: `(${comparisons.map(({ operator }) => `(${text}) ${operator} ?`).join(' and ')})`,
        values: comparisons.flatMap(({ value }) => [...values, value]),
      };
    }
    const exists = (condition: Condition, no = ''): Sql => {
      const { text, values } = rows('1', condition);
      return { text: `${no}exists (${text})`, values };
    };
    switch (quantifier) {
      case 'some':
        return exists(matches);
      case 'none':
        return exists(matches, 'not ');
      case 'every':
        return isEverything(matches)
          ? { text: '(1 = 1)', values: [] }
          : exists({ kind: 'not', of: matches }, 'not ');
      case 'joined': {
        const found = exists(matches);
        if (!relation.nullable || holdsOfMissing(matches) !== true) return found;
        const missing = exists(everything, 'not ');
        return { text: `(${found.text} or ${missing.text})`, values: [...found.values, ...missing.values] };
      }
    }
  }
}

/** SQL as a condition of MikroORM's. */
const keyed = ({ text, values }: Sql): Dictionary => ({ [raw(text, [...values]).key]: [] });

export const column = (alias: string, name: string): string => `${quote(alias)}.${quote(name)}`;
