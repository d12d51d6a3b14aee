import { parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

describe('rows that a resolver names by key', () => {
  const world = useWorld();

  it('[DO] what they lack is one statement for all rows and all fields', async () => {
    const { data, statements, errors } = await world.current.ask(
      '{ favourites(ids: [1, 2, 5]) { number status customer { name } lines(first: 1) { id } sum lineCount linePages(first: 1) { totalCount nodes { id } } } }',
    );
    expect(errors).toEqual([]);
    expect(statements).toHaveLength(1);
    expect(data.favourites[2]).toEqual({
      number: 'known 5',
      status: 'issued',
      customer: { name: 'Customer 5' },
      lines: [{ id: '13' }],
      sum: '5.00+0.50',
      lineCount: 3,
      linePages: { totalCount: 3, nodes: [{ id: '13' }] },
    });
  });

  it('[DO] what they bring is not asked for', async () => {
    const { data, statements } = await world.current.ask('{ favourites(ids: [1, 2]) { id number } }');
    expect(data.favourites).toEqual([
      { id: '1', number: 'known 1' },
      { id: '2', number: 'known 2' },
    ]);
    expect(statements).toHaveLength(0);
  });

  it('[DO] two fields of the document that name rows of a type share the statement', async () => {
    const { data, statements } = await world.current.ask(
      '{ a: favourites(ids: [1, 2]) { status } b: favourites(ids: [2, 3]) { sum } }',
    );
    expect(statements).toHaveLength(1);
    expect(data).toEqual({
      a: [{ status: 'issued' }, { status: 'paid' }],
      b: [{ sum: '2.00+0.20' }, { sum: '3.00+0.30' }],
    });
  });

  it('[DO] each event of a subscription is read as a request of its own', async () => {
    const events = (async function* () {
      yield 1;
      yield 2;
    })();
    const results = await subscribe({
      schema: world.current.schema,
      document: parse('subscription { invoiceChanged { number customer { name } } }'),
      contextValue: { em: world.current.em(), events },
    });
    const seen: unknown[] = [];
    if (!(Symbol.asyncIterator in results)) throw results.errors?.[0] ?? new Error('no subscription');
    for await (const { data } of results) seen.push(JSON.parse(JSON.stringify(data)));
    expect(seen).toEqual([
      { invoiceChanged: { number: 'I-001', customer: { name: 'Customer 1' } } },
      { invoiceChanged: { number: 'I-002', customer: { name: 'Customer 2' } } },
    ]);
  });
});
