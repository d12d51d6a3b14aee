import { parse } from 'graphql';
import { expect, test } from 'vitest';
import { selectionsOf } from '../../../src/lifecycle/protection/fragments.ts';

test.each([
  ['fields', '{ a { b c } }', 3],
  ['inline fragments, which count themselves', '{ ... { a } }', 2],
  ['a fragment at each place', '{ ...F d { ...F } } fragment F on T { a { b } }', 1 + 2 + 1 + 1 + 2],
  ['all operations', 'query A { a } mutation B { b c }', 3],
])('[SM] selections are counted written out: %s', (_what, document, count) => {
  expect(selectionsOf(parse(document))).toBe(count);
});

test('[SM] fragments that double with each level are counted in no time', () => {
  const levels = Array.from({ length: 60 }, (_, n) => `fragment F${n} on T { ...F${n + 1} ...F${n + 1} }`);
  expect(selectionsOf(parse(`{ ...F0 } ${levels.join(' ')} fragment F60 on T { a }`))).toBeGreaterThan(
    2 ** 60,
  );
});
