import { assertObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';
import type { World } from './support/world.ts';

type Direction = readonly [size: 'first' | 'last', cursor: 'after' | 'before'];
const forwards: Direction = ['first', 'after'];
const backwards: Direction = ['last', 'before'];

/** Every invoice number that the pages give, in the order of the whole. */
async function walk(
  world: World,
  by: string,
  [size, cursor]: Direction,
  pageSize: number,
): Promise<string[]> {
  const seen: string[] = [];
  let at: string | null = null;
  for (let pages = 0; pages < 50; pages++) {
    const { data, statements, errors } = await world.ask(
      `query ($by: String!, $at: String, $n: Int!) { invoicePages(by: $by, ${size}: $n, ${cursor}: $at) {
        totalCount nodes { number } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
      { by, at, n: pageSize },
      { em: world.em(true) },
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    const { nodes, pageInfo, totalCount } = data.invoicePages;
    expect(totalCount).toBe(24);
    const numbers = nodes.map(({ number }: { number: string }) => number);
    if (size === 'first') seen.push(...numbers);
    else seen.unshift(...numbers);
    at = size === 'first' ? pageInfo.endCursor : pageInfo.startCursor;
    if (!(size === 'first' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return seen;
  }
  throw new Error('The pages have no end.');
}

describe('connections', () => {
  const world = useWorld();

  it('[RC] of one type share one, named after it', () => {
    const { schema } = world.current;
    const typeOf = (parent: string, field: string) =>
      String(assertObjectType(schema.getType(parent)).getFields()[field]?.type);
    expect(typeOf('Query', 'invoicePages')).toBe('InvoiceConnection!');
    expect(typeOf('Customer', 'invoices')).toBe('InvoiceConnection!');
    expect(typeOf('InvoiceConnection', 'edges')).toBe('[InvoiceEdge!]!');
  });

  for (const by of ['number', 'status', 'issued', 'issuedDown', 'issuedFirst', 'customer', 'gross']) {
    it(`[DO] pages by ${by}, forwards and backwards, give every row once and in order`, async () => {
      const { data, errors } = await world.current.ask(
        'query ($by: String!) { invoicePages(by: $by, first: 30) { nodes { number } } }',
        { by },
        { em: world.current.em(true) },
      );
      expect(errors).toEqual([]);
      const all = data.invoicePages.nodes.map(({ number }: { number: string }) => number);
      expect(new Set(all).size).toBe(24);
      for (const size of [1, 5, 24]) {
        expect(await walk(world.current, by, forwards, size)).toEqual(all);
        expect(await walk(world.current, by, backwards, size)).toEqual(all);
      }
    });
  }

  it('[DO] a cursor keeps the microseconds that a JavaScript date loses', async () => {
    const { data } = await world.current.ask('{ invoicePages(by: "issued", first: 1) { edges { cursor } } }');
    const [text] = JSON.parse(Buffer.from(data.invoicePages.edges[0].cursor, 'base64url').toString());
    expect(text).toBe('2026-01-01 00:00:00+00');
    const later = await world.current.ask(
      '{ invoicePages(by: "issued", first: 4) { pageInfo { endCursor } } }',
    );
    expect(Buffer.from(later.data.invoicePages.pageInfo.endCursor, 'base64url').toString()).toContain(
      '00:00:00.000001+00',
    );
  });

  it('[DO] totalCount is counted only when it is asked for, and alone reads no rows', async () => {
    const without = await world.current.ask('{ invoicePages(first: 1) { nodes { id } } }');
    expect(without.statements[0]?.text).not.toContain('count(*)');
    const alone = await world.current.ask(
      '{ invoicePages { totalCount } customers { invoices { totalCount } } }',
    );
    expect(alone.data.invoicePages.totalCount).toBe(21);
    expect(alone.statements[0]?.text).not.toContain('json_agg');
    expect(
      alone.data.customers.map((c: { invoices: { totalCount: number } }) => c.invoices.totalCount),
    ).toEqual([4, 3, 3, 4]);
  });

  it('[DO] the page has the default size; a nested one has its own arguments and sizes', async () => {
    const { data, statements } = await world.current.ask(
      '{ invoicePages { nodes { id } } invoice(id: 1) { linePages { nodes { id } pageInfo { hasNextPage } } more: linePages(first: 5) { edges { node { id } cursor } } } }',
    );
    expect(statements).toHaveLength(2);
    expect(data.invoicePages.nodes).toHaveLength(4);
    expect(data.invoice.linePages).toEqual({
      nodes: [{ id: '1' }, { id: '2' }],
      pageInfo: { hasNextPage: true },
    });
    expect(data.invoice.more.edges).toHaveLength(3);
    const next = await world.current.ask(
      'query ($c: String!) { invoice(id: 1) { linePages(after: $c) { nodes { id } pageInfo { hasPreviousPage hasNextPage } } } }',
      {
        c: data.invoice.more.edges[1].cursor,
      },
    );
    expect(next.data.invoice.linePages).toEqual({
      nodes: [{ id: '3' }],
      pageInfo: { hasPreviousPage: true, hasNextPage: false },
    });
  });

  it('[DO] first: 0 is an empty page that says whether there is more', async () => {
    const { data } = await world.current.ask(
      '{ invoicePages(first: 0) { nodes { id } pageInfo { hasNextPage endCursor } } }',
    );
    expect(data.invoicePages).toEqual({ nodes: [], pageInfo: { hasNextPage: true, endCursor: null } });
  });

  it('[DO] a page between two cursors', async () => {
    const { data } = await world.current.ask(
      '{ invoicePages(first: 6) { edges { cursor node { number } } } }',
    );
    const { edges } = data.invoicePages;
    const between = await world.current.ask(
      'query ($a: String, $b: String) { invoicePages(after: $a, before: $b, first: 10) { nodes { number } } }',
      {
        a: edges[0].cursor,
        b: edges[4].cursor,
      },
    );
    expect(between.data.invoicePages.nodes).toEqual([1, 2, 3].map((i) => edges[i].node));
  });

  it.each([
    ['first: -1', '"first" must not be negative.'],
    ['last: -1', '"last" must not be negative.'],
    ['first: 31', '"first" must not be more than 30.'],
    ['last: 31', '"last" must not be more than 30.'],
    ['first: 1, last: 1', 'Give either "first" or "last", not both.'],
  ])('[DV] %s is refused, not clamped', async (args, message) => {
    const { errors, statements } = await world.current.ask(
      `{ invoicePages(${args}) { totalCount nodes { id } } }`,
    );
    expect(errors).toEqual([{ message, code: 'BAD_USER_INPUT', status: 400, path: 'invoicePages' }]);
    expect(statements).toHaveLength(0);
  });

  it('[DV] a nested page that is too large is refused before anything is sent', async () => {
    const { errors, statements } = await world.current.ask(
      '{ invoices { linePages(first: 6) { nodes { id } } } }',
    );
    expect(errors).toMatchObject([
      { message: '"first" must not be more than 5.', code: 'BAD_USER_INPUT', status: 400 },
    ]);
    expect(statements).toHaveLength(0);
  });
});
