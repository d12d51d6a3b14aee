import type {
  EntityMetadata,
  EntityProperty,
  MetadataStorage,
  SqlEntityManager,
} from '@mikro-orm/postgresql';
import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import { GraphQLScalarType, type GraphQLSchema } from 'graphql';
import pothosMikroOrm, { type Criteria } from '../../src/index.ts';
import type { SplittingLimits } from '../../src/plan/splitting.ts';
import { loaderOf } from '../../src/schema/builder-loader.ts';

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
  relatedConnection(name: string, options: object): never;
  relatedCount(name: string, options: object): never;
}

/** The order of a list that says none of its own. */
export const byKey = ({ primaryKeys }: EntityMetadata) =>
  Object.fromEntries(primaryKeys.map((key) => [key, 'asc']));

export interface EverythingSchema {
  readonly schema: GraphQLSchema;
  /** Says when relations are batched. */
  split(limits: SplittingLimits): void;
}

interface AnyBuilder {
  entityObject(entity: unknown, options: { fields: (t: AnyFields) => Record<string, never> }): unknown;
}

/**
 * A schema that shows every column and relation of every entity, with values as they are; each list as a list, as pages
 * and as a number.
 */
export function everythingSchema(
  metadata: MetadataStorage,
  entities: readonly EntityMetadata[],
): EverythingSchema {
  const builder = new SchemaBuilder<Types>({
    plugins: [relay, pothosMikroOrm],
    relay: {},
    mikroOrm: { metadata, em: ({ em }) => em, maxSize: 10_000 },
  });
  builder.addScalarType('Any', new GraphQLScalarType({ name: 'Any', serialize: (value) => value }));
  const unions = new Map<string, unknown>();
  for (const entity of entities) {
    for (const property of relationsOf(entity)) {
      if (!property.polymorphic) continue;
      const types = (property.polymorphTargets ?? []).map((target) => target.class as never);
      const name = unionName(entity, property);
      unions.set(name, builder.unionType(name, { types }));
    }
    (builder as unknown as AnyBuilder).entityObject(entity.class, {
      fields: (t) => ({
        ...Object.fromEntries(
          columnsOf(entity).map((name) => [name, t.expose(name, { type: 'Any', nullable: true })]),
        ),
        ...Object.fromEntries(
          relationsOf(entity).flatMap((property) =>
            relationFields(t, property, unions.get(unionName(entity, property))),
          ),
        ),
      }),
    });
  }
  builder.queryType({
    fields: (t) =>
      Object.fromEntries(
        entities.flatMap((entity) => {
          const type = entity.class as abstract new () => object;
          return [
            [
              entity.className,
              t.entityField({ type: [type], resolve: (read, _root, _args, { criteria }) => read(criteria) }),
            ],
            [
              `${entity.className}_pages`,
              t.entityConnection({ type, query: (_root, _args, { criteria }) => criteria }),
            ],
          ];
        }),
      ),
  });
  const schema = builder.toSchema();
  const loader = loaderOf(builder as never);
  return {
    schema,
    split: (limits) => {
      loader.limits = limits;
    },
  };
}

const unionName = (entity: EntityMetadata, { name }: EntityProperty) => `${entity.className}_${String(name)}`;

function relationFields(t: AnyFields, property: EntityProperty, union: unknown): [string, never][] {
  const name = String(property.name);
  if (!isToMany(property))
    return [[name, t.relation(name, { nullable: true, ...(union ? { type: union } : {}) })]];
  const target = property.targetMeta;
  const query = () => ({ orderBy: target ? byKey(target) : {} });
  return [
    [name, t.relation(name, { query })],
    [`${name}_pages`, t.relatedConnection(name, { query })],
    [`${name}_count`, t.relatedCount(name, {})],
  ];
}
