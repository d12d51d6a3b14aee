import { type OperationDefinitionNode, parse } from 'graphql';
import { expect, test } from 'vitest';
import { SingleStatements } from '../../../src/lifecycle/single-statements.ts';

const operation = () => parse('{ one }').definitions[0] as OperationDefinitionNode;
const report = (statements: number, attempts = 1) => ({
  statements,
  attempts,
  databaseTime: 0,
  replayed: false,
});

test.each([
  { went: [], expected: false },
  { went: [report(1)], expected: true },
  { went: [report(0), report(1)], expected: true },
  { went: [report(1), report(0)], expected: true },
  { went: [report(2)], expected: false },
  // Once it was more, so it may be again: that costs more than is gained.
  { went: [report(1), report(2), report(1)], expected: false },
  // The second statement was the repetition of the first.
  { went: [report(1), report(2, 2)], expected: true },
])(
  '[SI PR] an operation that went $went is expected to send one statement: $expected',
  ({ went, expected }) => {
    const singles = new SingleStatements();
    const node = operation();
    for (const one of went) singles.learn(node, one);
    expect(singles.expectsOf(node)).toBe(expected);
    expect(singles.expectsOf(operation())).toBe(false);
  },
);
