import { type DocumentNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { useKnownDocuments } from '../../../src/lifecycle/known-documents.ts';

/** The hooks alone: what is executed becomes known, what is asked for is known or not. */
function knownDocuments(maxWeight: number) {
  const { onExecute, onParams } = useKnownDocuments({ maxWeight });
  return {
    execute(text: string): DocumentNode {
      const document = parse(text);
      onExecute?.({ args: { document } } as Parameters<NonNullable<typeof onExecute>>[0]);
      return document;
    },
    knows(query: string): boolean {
      let known = false;
      const setParamsHandler = () => {
        known = true;
      };
      onParams?.({ params: { query }, setParamsHandler } as unknown as Parameters<
        NonNullable<typeof onParams>
      >[0]);
      return known;
    },
  };
}

/** Short texts that unfold to a thousand selections each. */
const bomb = (name: string) =>
  `query ${name} { ...F8 } fragment F0 on Query { a b } ${Array.from(
    { length: 8 },
    (_, n) => `fragment F${n + 1} on Query { ...F${n} ...F${n} }`,
  ).join(' ')}`;

test('[SM] documents are kept by their length and by what they unfold to', () => {
  const known = knownDocuments(20_000);
  known.execute(bomb('A'));
  known.execute(bomb('B'));
  expect(known.knows(bomb('A'))).toBe(false);
  expect(known.knows(bomb('B'))).toBe(true);
  const plain = Array.from({ length: 100 }, (_, n) => `query Plain${n} { a b }`);
  for (const text of plain) known.execute(text);
  expect(plain.every(known.knows)).toBe(true);
});

test('[SM] a document that is heavier than all that is kept displaces nothing', () => {
  const known = knownDocuments(5_000);
  known.execute('{ a }');
  known.execute(bomb('A'));
  expect(known.knows(bomb('A'))).toBe(false);
  expect(known.knows('{ a }')).toBe(true);
  const endless = Array.from(
    { length: 1_200 },
    (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
  );
  const text = `{ ...F0 } ${endless.join(' ')} fragment F1200 on Query { a }`;
  known.execute(text);
  expect(known.knows(text)).toBe(false);
});
