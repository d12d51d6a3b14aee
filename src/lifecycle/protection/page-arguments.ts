import {
  type FieldNode,
  type GraphQLField,
  getNullableType,
  Kind,
  specifiedScalarTypes,
  type ValueNode,
} from 'graphql';

/** The variables of a request as the schema has them. */
export type Variables = Readonly<Record<string, unknown>>;

/** An argument that says how many of a list are asked for. */
export interface PageArgument {
  readonly name: string;
  /** @returns undefined when the request says nothing, or null. */
  readonly size: (variables: Variables) => number | undefined;
  /** True when it is the same whatever the variables are. */
  readonly fixed: boolean;
}

const NAMES = new Set(['first', 'last']);
const INT = specifiedScalarTypes.find(({ name }) => name === 'Int');

/** The page arguments of a field, given or with a default of the schema. */
export function pageArgumentsOf(node: FieldNode, field: GraphQLField<unknown, unknown>): PageArgument[] {
  return field.args.flatMap(({ name, type, defaultValue }) => {
    if (!NAMES.has(name) || getNullableType(type) !== INT) return [];
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const size = given ? sizeOf(given, defaultValue) : () => numberOrNothing(defaultValue);
    return [{ name, size, fixed: given?.kind !== Kind.VARIABLE }];
  });
}

function sizeOf(value: ValueNode, defaultValue: unknown): PageArgument['size'] {
  if (value.kind === Kind.INT) return () => Number(value.value);
  if (value.kind !== Kind.VARIABLE) return () => undefined;
  const name = value.name.value;
  return (variables) => numberOrNothing(name in variables ? variables[name] : defaultValue);
}

function numberOrNothing(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
