import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getNullableType,
  isListType,
  Kind,
  specifiedScalarTypes,
  type ValueNode,
} from 'graphql';

/** The variables of a request as the schema has them. */
export type Variables = Readonly<Record<string, unknown>>;

/** An argument that says how many of a list are asked for. */
export interface SizeArgument {
  readonly name: string;
  /** @returns undefined when the request says nothing, or null. */
  readonly size: (variables: Variables) => number | undefined;
}

const PAGE = new Set(['first', 'last']);
const INT = specifiedScalarTypes.find(({ name }) => name === 'Int');

/** The page arguments of a field, given or with a default of the schema: `first` and `last`. */
export function pageArgumentsOf(node: FieldNode, field: GraphQLField<unknown, unknown>): SizeArgument[] {
  return argumentsOf(node, field, ({ name, type }) => PAGE.has(name) && getNullableType(type) === INT);
}

/** The lists that a field which is a list takes itself, each as long as it is: `nodes(ids:)`. */
export function listArgumentsOf(node: FieldNode, field: GraphQLField<unknown, unknown>): SizeArgument[] {
  if (!isListType(getNullableType(field.type))) return [];
  return argumentsOf(node, field, ({ type }) => isListType(getNullableType(type)));
}

function argumentsOf(
  node: FieldNode,
  { args }: GraphQLField<unknown, unknown>,
  wanted: (argument: GraphQLArgument) => boolean,
): SizeArgument[] {
  return args.filter(wanted).map((argument) => {
    const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
    return { name: argument.name, size: sizeOf(given, argument) };
  });
}

function sizeOf(given: ValueNode | undefined, { type, defaultValue }: GraphQLArgument): SizeArgument['size'] {
  const count = isListType(getNullableType(type)) ? membersOf : numberOf;
  if (!given) return () => count(defaultValue);
  if (given.kind === Kind.VARIABLE) {
    const name = given.name.value;
    return (variables) => count(Object.hasOwn(variables, name) ? variables[name] : defaultValue);
  }
  if (given.kind === Kind.NULL) return () => undefined;
  const size = count === membersOf ? literalMembersOf(given) : literalNumberOf(given);
  return () => size;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function literalNumberOf(value: ValueNode): number | undefined {
  return value.kind === Kind.INT ? Number(value.value) : undefined;
}

/** A single value stands for a list of one. */
function membersOf(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  return Array.isArray(value) ? value.length : 1;
}

function literalMembersOf(value: ValueNode): number {
  return value.kind === Kind.LIST ? value.values.length : 1;
}
