import { execute, parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

describe('under graphql-jit', () => {
  const world = useWorld();

  it.each([
    [
      'query ($x: Boolean!) { invoices(limit: 9) { ...A ...B lines @skip(if: $x) { id } a: lines(first: 1) { id } } } fragment A on Invoice { customer { name } } fragment B on Invoice { customer { email @include(if: $x) } }',
      { x: true },
    ],
    [
      'query ($x: Boolean!) { invoices(limit: 9) { ...A lines @skip(if: $x) { id } } } fragment A on Invoice { customer { name } }',
      { x: false },
    ],
    ['{ payments { __typename id ... on CardPayment { last4 } ... on TransferPayment { iban } } }', {}],
    [
      '{ customers { name invoices(first: 2) { totalCount edges { cursor node { number lines { id } } } } } }',
      {},
    ],
    ['{ notes { id subject { __typename ... on Invoice { number } ... on Profile { motto } } } }', {}],
    ['{ favourites(ids: [1, 2]) { number customer { name } sum } }', {}],
    [
      '{ invoice(id: 1) { number lines { id } } invoice(id: 1) { status customer { name } lines { text } customer { email } } }',
      {},
    ],
    [
      'query ($n: Int = 2) { invoices(limit: 3) { a: lines(first: $n) { id } linePages(first: $n) { totalCount nodes { id } } } }',
      {},
    ],
  ])('[DO] the same answer: %s', async (source, variables) => {
    const document = parse(source);
    const { schema } = world.current;
    const compiled = compileQuery(schema, document);
    if (!isCompiledQuery(compiled)) throw new Error('does not compile');
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
    const contextValue = () => ({ em: world.current.em() });
    const expected = await execute({
      schema,
      document,
      variableValues: variables,
      contextValue: contextValue(),
    });
    expect(expected.errors).toBeUndefined();
    for (let i = 0; i < 2; i++) {
      expect(plain(await compiled.query({}, contextValue(), variables))).toEqual(plain(expected));
    }
  });
});
