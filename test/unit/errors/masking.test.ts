import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { invalidInput } from '../../../src/errors/invalid-input.ts';
import { locate } from '../../../src/errors/locate.ts';
import { show } from '../../../src/errors/masking.ts';
import { problems } from '../../../src/errors/problems.ts';

describe('what a client sees', () => {
  test('[EH] a problem is shown, with its code, its status and its headers', () => {
    const problem = problems.TENANT_MIGRATING('Ask again.', {
      headers: { 'retry-after': '5' },
      extensions: { hint: 'soon' },
      cause: new Error('a private detail'),
    });
    const shown = show(problem);
    expect(shown).toEqual({
      code: 'TENANT_MIGRATING',
      status: 503,
      headers: { 'retry-after': '5' },
      formatted: { message: 'Ask again.', extensions: { code: 'TENANT_MIGRATING', hint: 'soon' } },
    });
    expect(JSON.stringify(shown)).not.toContain('private');
  });

  test('[EH] a problem that GraphQL wrapped is shown where it happened', () => {
    const wrapped = new GraphQLError('x', {
      path: ['invoice', 0],
      originalError: problems.NOT_FOUND('No invoice 7.'),
    });
    expect(show(new GraphQLError('y', { path: ['invoice', 0], originalError: wrapped }))).toMatchObject({
      code: 'NOT_FOUND',
      status: 404,
      formatted: { message: 'No invoice 7.', path: ['invoice', 0] },
    });
    const located = locate(problems.FORBIDDEN('No.'), {
      nodes: undefined,
      source: undefined,
      positions: undefined,
      path: ['a'],
    });
    expect(show(located)).toMatchObject({ code: 'FORBIDDEN', formatted: { path: ['a'] } });
  });

  test.each([
    ['an error', new Error('a private detail')],
    [
      'an error that GraphQL wrapped',
      new GraphQLError('a private detail', { originalError: new Error('a private detail') }),
    ],
    ['a GraphQL error of nobody’s making', new GraphQLError('Cannot return null for a private detail.')],
    [
      'a GraphQL error with a code of its own',
      new GraphQLError('a private detail', { extensions: { code: 'PRIVATE' } }),
    ],
    ['text', 'a private detail'],
    ['nothing', undefined],
    ['several at once', new AggregateError([new Error('a private detail')])],
  ])('[EH] %s is hidden, and given to the log', (_what, error) => {
    const shown = show(error);
    expect(shown).toMatchObject({ code: 'INTERNAL', status: 500 });
    expect(JSON.stringify(shown.formatted)).not.toMatch(/private/i);
    expect('unexpected' in shown).toBe(true);
  });

  test('[EH] the log gets the innermost error', () => {
    const inner = new Error('inner');
    const wrapped = new GraphQLError('x', { originalError: new GraphQLError('y', { originalError: inner }) });
    expect(show(wrapped).unexpected).toBe(inner);
  });
});

test('[DV] the faults of an input are one problem that names each with its path, and echoes little', () => {
  const problem = invalidInput([
    { path: ['input', 'lines', 0, 'quantity'], message: 'x'.repeat(1_000) },
    { path: ['input', 'name'], message: 'is missing' },
  ]);
  expect(problem).toMatchObject({ code: 'BAD_USER_INPUT', status: 400 });
  expect(problem.message).toMatch(/^input\.lines\.0\.quantity: x+… \(and 1 more\)$/);
  expect(problem.message.length).toBeLessThan(400);
  expect(problem.extensions.issues).toHaveLength(2);
});
