import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, test } from 'vitest';

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** Whatever a front-end team can see and nobody has said a word about: `Type`, `Type.field`, `Type.field(argument)`. */
function undescribed(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type))
    .flatMap((type) => [...silent([type]), ...membersOf(type)]);
}

function membersOf(type: GraphQLNamedType): string[] {
  const within = (name: string) => `${type.name}.${name}`;
  if (isEnumType(type)) return silent(type.getValues()).map(within);
  if (isInputObjectType(type)) return silent(Object.values(type.getFields())).map(within);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const fields = Object.values(type.getFields());
  const args = fields.flatMap((field) => silent(field.args).map((name) => `${field.name}(${name})`));
  return [...silent(fields), ...args].map(within);
}

const silent = (described: readonly Described[]) =>
  described.filter(({ description }) => !description?.trim()).map(({ name }) => name);

describe('[RC] the contract explains itself', () => {
  test('[RC] every type, field, argument, input field and enum value of schema.graphql is described', () => {
    expect(undescribed(buildSchema(readFileSync('schema.graphql', 'utf8')))).toEqual([]);
  });

  test('[RC] whatever is not described is found', () => {
    const schema = buildSchema(`
      "." type Query { field(argument: Input): Enum }
      input Input { field: Int }
      "." enum Enum { VALUE }
    `);
    expect(undescribed(schema).sort()).toEqual([
      'Enum.VALUE',
      'Input',
      'Input.field',
      'Query.field',
      'Query.field(argument)',
    ]);
  });
});
