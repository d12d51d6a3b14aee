import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { quote } from './fragment.ts';

/** The SQL of a MikroORM formula, for the row `alias`. */
export function formula(
  em: SqlEntityManager,
  entity: EntityMetadata,
  property: EntityProperty,
  alias: string,
): string {
  if (!property.formula) throw new Error(`${entity.className}.${property.name} is no formula.`);
  const name = entity.tableName;
  const columns = entity.createColumnMappingObject(() => alias, quote(alias));
  const table = { alias, name, qualifiedName: name, toString: () => quote(alias) };
  return `(${em.getDriver().evaluateFormula(property.formula, columns, table)})`;
}
