import type {
  EntityMetadata,
  EntityProperty,
  MetadataStorage,
  SqlEntityManager,
} from '@mikro-orm/postgresql';
import SchemaBuilder from '@pothos/core';
import { GraphQLScalarType, type GraphQLSchema } from 'graphql';
import pothosMikroOrm, { type Criteria } from '../../src/index.ts';

interface Types {
  Context: { em: SqlEntityManager; criteria: Criteria<object> };
  Scalars: { Any: { Input: unknown; Output: unknown } };
}

export const isToMany = ({ kind }: EntityProperty): boolean => kind === '1:m' || kind === 'm:n';
export const isToOne = ({ kind }: EntityProperty): boolean => kind === 'm:1' || kind === '1:1';

export const columnsOf = (entity: EntityMetadata): string[] =>
  entity.props
    .filter((property) => (property.kind === 'scalar' || property.kind === 'embedded') && !property.embedded)
    .map(({ name }) => String(name));

export const relationsOf = (entity: EntityMetadata): EntityProperty[] =>
  entity.props.filter((property) => isToOne(property) || isToMany(property));

/** The fields of any entity, as a program that knows its metadata alone can name them. */
interface AnyFields {
  expose(name: string, options: object): never;
  relation(name: string, options: object): never;
}

interface AnyBuilder {
  entityObject(entity: unknown, options: { fields: (t: AnyFields) => Record<string, never> }): unknown;
}

/** A schema that shows every column and relation of every entity, with values as they are. */
export function everythingSchema(
  metadata: MetadataStorage,
  entities: readonly EntityMetadata[],
): GraphQLSchema {
  const builder = new SchemaBuilder<Types>({
    plugins: [pothosMikroOrm],
    mikroOrm: { metadata, em: ({ em }) => em, maxSize: 10_000 },
  });
  builder.addScalarType('Any', new GraphQLScalarType({ name: 'Any', serialize: (value) => value }));
  const unions = new Map<string, unknown>();
  for (const entity of entities) {
    for (const property of relationsOf(entity)) {
      if (!property.polymorphic) continue;
      const types = (property.polymorphTargets ?? []).map((target) => target.class as never);
      const name = `${entity.className}_${String(property.name)}`;
      unions.set(name, builder.unionType(name, { types }));
    }
    (builder as unknown as AnyBuilder).entityObject(entity.class, {
      fields: (t) => ({
        ...Object.fromEntries(
          columnsOf(entity).map((name) => [name, t.expose(name, { type: 'Any', nullable: true })]),
        ),
        ...Object.fromEntries(
          relationsOf(entity).map((property) => {
            const name = String(property.name);
            const union = unions.get(`${entity.className}_${name}`);
            const key = property.targetMeta?.primaryKeys[0] ?? 'id';
            const query = isToMany(property) ? { query: () => ({ orderBy: { [key]: 'asc' } }) } : {};
            return [name, t.relation(name, { nullable: true, ...query, ...(union ? { type: union } : {}) })];
          }),
        ),
      }),
    });
  }
  builder.queryType({
    fields: (t) =>
      Object.fromEntries(
        entities.map((entity) => [
          entity.className,
          t.entityField({
            type: [entity.class as abstract new () => object],
            resolve: (read, _root, _args, { criteria }) => read(criteria),
          }),
        ]),
      ),
  });
  return builder.toSchema();
}
