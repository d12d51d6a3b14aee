import { expect, test } from 'vitest';
import { invalidInput } from '../../../src/errors/invalid-input.ts';

test('[DV] fifty faults are told, however many there are', () => {
  const problem = invalidInput(
    Array.from({ length: 14_000 }, (_, line) => ({ path: ['lines', line], message: 'is wrong' })),
  );
  expect(problem.extensions.issues).toHaveLength(50);
  expect(problem.message).toBe('lines.0: is wrong (and 49 more)');
});

test('[DV] a key of a megabyte is not echoed', () => {
  const problem = invalidInput([{ path: ['input', 'x'.repeat(1_000_000), 0], message: 'is wrong' }]);
  expect(JSON.stringify(problem.extensions.issues).length).toBeLessThan(200);
  expect(problem.message.length).toBeLessThan(200);
});
