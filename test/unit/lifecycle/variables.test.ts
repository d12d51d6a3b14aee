import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { coerceVariables, declaredVariables } from '../../../src/lifecycle/variables.ts';

const schema = buildSchema(
  'type Query { echo(input: Input, list: [[Int]]): Int } input Input { first: Int }',
);

function coerce(document: string, given: string) {
  const [operation] = parse(document).definitions as OperationDefinitionNode[];
  if (!operation) throw new Error('There is no operation.');
  return coerceVariables({
    declared: declaredVariables(schema, operation),
    neverNull: new Set(),
    maxListLength: 3,
    given: JSON.parse(given),
  });
}

test('[DV] a variable may have any name, and changes nothing but its own value', () => {
  const { values } = coerce('query ($__proto__: Input) { echo }', '{"__proto__":{"first":1}}');
  expect(Object.keys(values)).toEqual(['__proto__']);
  expect(values.first).toBeUndefined();
  expect(Object.getPrototypeOf(values)).toBeNull();
});

test('[SM] each list has its own length', () => {
  const document = 'query ($list: [[Int]]) { echo(list: $list) }';
  expect(coerce(document, '{"list":[[1,2,3],[1,2,3],[1,2,3]]}').issues).toEqual([]);
  expect(coerce(document, '{"list":[[1],[1,2,3,4]]}').issues).toEqual([
    { path: ['list', 1], message: 'A list of 4 members is too long; 3 are allowed.' },
  ]);
});
