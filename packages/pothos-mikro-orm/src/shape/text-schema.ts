import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldConfig,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  isNonNullType,
  type OperationDefinitionNode,
} from 'graphql';
import { rootUseOf, wantText } from './root.ts';
import { ShapedText, unveil } from './shaped-text.ts';
import { originOf } from './text-document.ts';

/** The field that gives the text of another one's value. */
export interface StandIn {
  readonly name: string;
}

/** A schema that has, beside each root field that reads rows, one that gives their JSON. */
export interface TextSchema {
  readonly schema: GraphQLSchema;
  /** By the name of the field that they stand for. */
  readonly standIns: ReadonlyMap<string, StandIn>;
}

const known = new WeakMap<GraphQLSchema, TextSchema>();

/** Root fields whose resolvers look into their rows. */
const refused = new WeakSet<GraphQLField<unknown, unknown>>();
export const isRefused = (field: GraphQLField<unknown, unknown>): boolean => refused.has(field);

/** Root fields, by their keys in the reply, whose rows take several statements however often they are asked for. */
const batched = new WeakMap<OperationDefinitionNode, Set<string>>();
export const isBatched = (operation: OperationDefinitionNode, key: string): boolean =>
  batched.get(operation)?.has(key) === true;

/** With variables the sizes of pages may be others next time. */
function rememberBatched(operation: OperationDefinitionNode, key: string): void {
  if (operation.variableDefinitions?.length) return;
  batched.set(operation, (batched.get(operation) ?? new Set()).add(key));
}

/** Contexts of operations that have to be executed the ordinary way after all. */
const abandoned = new WeakSet<object>();

/**
 * Whether the execution of a text operation with this context came to nothing: SQL met a value that it can't write as
 * its scalar would (or a null that must not be), or a resolver looked into its rows. Its result is to be thrown away,
 * and the operation that was asked for executed instead.
 */
export const wasAbandoned = (context: object): boolean => abandoned.has(context);

export function textSchemaOf(schema: GraphQLSchema, query: GraphQLObjectType): TextSchema {
  const text = known.get(schema) ?? createTextSchema(schema, query);
  known.set(schema, text);
  return text;
}

const Text = new GraphQLScalarType({
  name: 'JsonText',
  description: 'JSON that is put into the reply as it is.',
  serialize: (value) => value,
});

function createTextSchema(schema: GraphQLSchema, query: GraphQLObjectType): TextSchema {
  const { types, ...config } = schema.toConfig();
  const { fields, ...type } = query.toConfig();
  const standIns = new Map<string, StandIn>();
  const added: Record<string, GraphQLFieldConfig<unknown, object>> = {};
  for (const field of Object.values(query.getFields())) {
    const own = fields[field.name];
    if (!own || !rootUseOf(field)) continue;
    let name = `${field.name}_text`;
    while (name in fields || name in added) name += '_';
    standIns.set(field.name, { name });
    added[name] = {
      ...own,
      type: isNonNullType(field.type) ? new GraphQLNonNull(Text) : Text,
      resolve: (root, args, context, info) => readText(schema, query, field, { root, args, context, info }),
    };
  }
  const replaced = new GraphQLObjectType({ ...type, fields: { ...fields, ...added } });
  return {
    schema: new GraphQLSchema({
      ...config,
      query: replaced,
      types: types.filter((candidate) => candidate !== query),
      assumeValid: true,
    }),
    standIns,
  };
}

interface Call {
  readonly root: unknown;
  readonly args: Record<string, unknown>;
  readonly context: object;
  readonly info: GraphQLResolveInfo;
}

/** Resolves the field itself, which finds all as ever, and takes the text from what it gives. */
async function readText(
  schema: GraphQLSchema,
  query: GraphQLObjectType,
  field: GraphQLField<unknown, unknown>,
  { root, args, context, info }: Call,
): Promise<ShapedText | null> {
  const places = info.fieldNodes.flatMap((node) => originOf(node) ?? []);
  const [place] = places;
  if (!place) throw new Error(`"${info.fieldName}" stands for no field.`);
  const own: GraphQLResolveInfo = {
    ...info,
    schema,
    fieldName: field.name,
    fieldNodes: places.map(({ node }) => node),
    returnType: field.type,
    parentType: query,
    operation: place.operation,
    fragments: place.fragments,
  };
  let failed = false;
  wantText(own, (reason) => {
    failed = true;
    abandoned.add(context);
    if (reason === 'looked' || reason === 'keys') refused.add(field);
    if (reason === 'batched') rememberBatched(place.operation, String(info.path.key));
  });
  const value = await (field.resolve ?? defaultFieldResolver)(root, args, context, own);
  const text = unveil(value);
  if (text !== undefined) return new ShapedText(text);
  const isMissing = value === null || value === undefined;
  if (isMissing && !isNonNullType(field.type)) return null;
  abandoned.add(context);
  // It gave something else than what it had read.
  if (!failed) refused.add(field);
  return new ShapedText('null');
}
