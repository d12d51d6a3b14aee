import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textFaults } from '../../../src/lifecycle/text.ts';

const faults = (input: unknown) => [...textFaults(input)];

test('[DV] faults are found wherever they are', () => {
  expect(faults('a\0')).toEqual([{ path: [], message: 'The text contains a NUL character.' }]);
  expect(faults({ a: [{ b: '\udc00' }] })).toEqual([
    { path: ['a', 0, 'b'], message: 'The text contains half of a surrogate pair.' },
  ]);
  expect(faults({ 'k\0': 1 })).toHaveLength(1);
  expect(faults([1, null, true, { a: 'fine 🏃', b: [] }])).toEqual([]);
});

test('[DV] a text is at fault exactly when it would come back changed, or can not be stored', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('\0', '\ud83c', '\udfc3', 'a') }),
  );
  fc.assert(
    fc.property(anything, (text) => {
      const changed = Buffer.from(text, 'utf8').toString('utf8') !== text;
      expect(faults({ text }).length > 0).toBe(changed || text.includes('\0'));
    }),
  );
});

test('[DV] input of any depth is looked through without recursion', () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 100_000; level++) deep = [deep];
  expect(faults(deep)).toEqual([{ path: [0, 0, 0], message: 'This is nested too deeply.' }]);
});
