import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

const id = (n: number | string) =>
  Buffer.from(`Customer:${typeof n === 'string' ? n : `00000000-0000-4000-8000-00000000000${n}`}`).toString(
    'base64',
  );

describe('node and nodes', () => {
  const world = useWorld();

  it('[DO] all ids of a type are one statement, with what is selected below', async () => {
    const { data, statements, errors } = await world.current.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Customer { name tags { name } } } }',
      { ids: [1, 2, 1].map(id) },
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.nodes).toEqual([
      { __typename: 'Customer', id: id(1), name: 'Customer 1', tags: [{ name: 'new' }] },
      { __typename: 'Customer', id: id(2), name: 'Customer 2', tags: [{ name: 'new' }, { name: 'old' }] },
      { __typename: 'Customer', id: id(1), name: 'Customer 1', tags: [{ name: 'new' }] },
    ]);
  });

  it('[DO] node and nodes with other selections do not share theirs', async () => {
    const { data, statements } = await world.current.ask(
      'query ($one: ID!, $ids: [ID!]!) { node(id: $one) { ... on Customer { email } } nodes(ids: $ids) { ... on Customer { name } } }',
      { one: id(2), ids: [id(1), id(2)] },
    );
    expect(data).toEqual({
      node: { email: 'c2@example.com' },
      nodes: [{ name: 'Customer 1' }, { name: 'Customer 2' }],
    });
    expect(statements).toHaveLength(2);
  });

  it('[DO] the global id of a row is its type and key, and leads back to it', async () => {
    const { data } = await world.current.ask('{ customer(name: "Customer 4") { id } }');
    expect(data.customer.id).toBe(id(4));
  });

  it('[AZ] a caller without permission on the type gets null, and nothing is asked of the database', async () => {
    const { data, statements, errors } = await world.current.ask(
      'query ($one: ID!, $ids: [ID!]!) { node(id: $one) { id } nodes(ids: $ids) { id } }',
      { one: id(1), ids: [id(1)] },
      { visible: false },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ node: null, nodes: [null] });
    expect(statements).toHaveLength(0);
  });

  it('[AZ] nor does a type that the builder hides from the caller, without a word of its own', async () => {
    const { data, statements } = await world.current.ask(
      'query ($one: ID!) { node(id: $one) { id } }',
      { one: id(1) },
      { denied: ['Customer'] },
    );
    expect(data).toEqual({ node: null });
    expect(statements).toHaveLength(0);
  });

  it('[DV] an id that is no key of the type is no row, and never reaches the database', async () => {
    const { data, statements, errors } = await world.current.ask(
      'query ($id: ID!) { node(id: $id) { id } }',
      {
        id: id("1' or true"),
      },
    );
    expect(errors).toEqual([]);
    expect(data.node).toBeNull();
    expect(statements).toHaveLength(0);
  });

  it('[DO] a key in capitals is the same key', async () => {
    const { data } = await world.current.ask('query ($id: ID!) { node(id: $id) { id } }', {
      id: id('00000000-0000-4000-8000-00000000000A'.replace('A', '1').toUpperCase()),
    });
    expect(data.node.id).toBe(id(1));
  });
});
