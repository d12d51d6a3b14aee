import type { EntityMetadata } from '@mikro-orm/core';
import { descendants, kindColumn } from './class-line.ts';
import { literal, quote } from './fragment.ts';
import { hasColumns, keyColumns, tableOf } from './relation.ts';

/**
 * A subquery in place of the table of such an entity: a row for each of its rows, with the columns of every class that
 * it is or may be of, and the name of its class. PostgreSQL leaves out the joins that nothing is read of.
 *
 * @throws Error where two classes have a column of the same name, which no flat row can hold
 */
export function flatHierarchy(entity: EntityMetadata): string {
  const key = keyColumns(entity);
  const names = new Set(key);
  const columns = key.map((name) => `"own".${quote(name)}`);
  const add = (of: EntityMetadata, alias: string) => {
    for (const name of ownColumns(of)) {
      if (names.has(name))
        throw new Error(`Two classes of ${entity.root.className} have a column "${name}".`);
      names.add(name);
      columns.push(`"${alias}".${quote(name)}`);
    }
  };
  const joins: string[] = [];
  const join = (of: EntityMetadata, alias: string, kind: 'join' | 'left join') => {
    add(of, alias);
    const on = keyColumns(of).map((name, i) => `"${alias}".${quote(name)} = "own".${quote(String(key[i]))}`);
    joins.push(` ${kind} ${tableOf(of)} as "${alias}" on ${on.join(' and ')}`);
  };
  add(entity, 'own');
  for (let of = entity.tptParent, i = 0; of; of = of.tptParent, i++) join(of, `up${i}`, 'join');
  const below = descendants(entity);
  below.forEach((of, i) => {
    join(of, `down${i}`, 'left join');
  });
  // The deepest first: a row of a class is a row of each class above it too.
  const cases = below
    .map((of, i) => ` when "down${i}".${quote(String(keyColumns(of)[0]))} is not null then ${className(of)}`)
    .reverse();
  columns.push(
    `(case${cases.join('')} when true then ${className(entity)} end) as ${quote(kindColumn(entity))}`,
  );
  return `select ${columns.join(', ')} from ${tableOf(entity)} as "own"${joins.join('')}`;
}

const ownColumns = (of: EntityMetadata): string[] => [
  ...new Set(
    (of.ownProps ?? [])
      .filter((property) => !property.primary && !property.formula && hasColumns(property))
      .flatMap(({ fieldNames }) => fieldNames),
  ),
];

const className = (of: EntityMetadata): string =>
  of.discriminatorValue === undefined ? 'null' : literal(String(of.discriminatorValue));
