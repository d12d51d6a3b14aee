import { describe, expect, it } from 'vitest';
import { useWorld } from './support/use-world.ts';

const world = useWorld();

describe('a field that a document selects in several places', () => {
  const inFragment =
    'fragment More on Query { invoice(id: 1) { linePages(first: 2) { edges { node { id } } } } }';

  it('is planned from all of them, whichever comes first', async () => {
    const expected = {
      invoice: { linePages: { totalCount: 3, edges: [{ node: { id: '1' } }, { node: { id: '2' } }] } },
    };
    for (const selection of [
      '{ invoice(id: 1) { linePages(first: 2) { totalCount } } ...More }',
      '{ ...More invoice(id: 1) { linePages(first: 2) { totalCount } } }',
    ]) {
      const { data, errors, statements } = await world.current.ask(`${selection} ${inFragment}`);
      expect([errors, statements.length]).toEqual([[], 1]);
      expect(data).toEqual(expected);
    }
  });

  it('under two names with other arguments each has its own, in document order or not', async () => {
    const one = '... on Invoice { first: lines(first: 1) { id } }';
    const two = 'second: lines(first: 2) { id }';
    for (const selection of [one + two, two + one]) {
      const { data, statements } = await world.current.ask(`{ invoice(id: 1) { ${selection} } }`);
      expect(data).toEqual({ invoice: { first: [{ id: '1' }], second: [{ id: '1' }, { id: '2' }] } });
      expect(statements).toHaveLength(1);
    }
  });

  it('under two names with the same arguments has the same rows, each with its own selection', async () => {
    const { data, statements } = await world.current.ask(
      '{ invoice(id: 1) { a: lines(first: 1) { id } b: lines(first: 1) { text } } }',
    );
    expect(data).toEqual({ invoice: { a: [{ id: '1' }], b: [{ text: 'line 1' }] } });
    expect(statements).toHaveLength(1);
  });
});
