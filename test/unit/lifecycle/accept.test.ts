import fc from 'fast-check';
import { expect, test } from 'vitest';
import { acceptsEvents, negotiate, wantsPlainJson } from '../../../src/lifecycle/accept.ts';

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  ['*/*', 'application/json'],
  ['application/*;q=0.1', 'application/json'],
  ['application/json, application/graphql-response+json', 'application/json'],
  ['application/graphql-response+json, application/json', 'application/graphql-response+json'],
  ['application/json;q=0.9, application/graphql-response+json;q=0.1', 'application/json'],
  ['application/graphql-response+json; charset="utf-8"', 'application/graphql-response+json'],
  ['text/html, */*;q=0.1', 'application/json'],
  ['application/json;q=0, */*;q=0', undefined],
  ['text/html', undefined],
  ['application/json;q=x', undefined],
  ['application/json;charset=latin1', undefined],
  ['text/event-stream', 'text/event-stream'],
  ['text/event-stream, application/json;q=0.1', 'application/json'],
  ['text/event-stream;q=0', undefined],
  ['APPLICATION/GRAPHQL-RESPONSE+JSON', 'application/graphql-response+json'],
])('[RI] of "%s" comes %s', (accept, expected) => {
  expect(negotiate(accept)).toBe(expected);
});

test.each([
  [undefined, true],
  ['*/*', true],
  ['text/event-stream', true],
  ['application/json, text/event-stream;q=0.2', true],
  ['text/*', true],
  ['text/html', false],
  ['application/json', false],
  ['text/event-stream;q=0', false],
])('[RI] whether "%s" accepts events: %s', (accept, expected) => {
  expect(acceptsEvents(accept)).toBe(expected);
});

test('[RI] no header breaks it', () => {
  const parts = fc.constantFrom(
    'application/json',
    '*/*',
    'text/html',
    ';',
    ',',
    'q=',
    '0.5',
    '=',
    '"',
    ' ',
    'charset',
    '\t',
    '/',
  );
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (pieces) => {
      expect(['application/json', undefined]).toContain(negotiate(pieces.join('')));
    }),
  );
});

test.each([
  ['application/json', true],
  ['application/json; charset=utf-8', true],
  [undefined, false],
  ['*/*', false],
  ['application/graphql-response+json', false],
  ['application/graphql-response+json, application/json;q=0.9', false],
])(
  '[RC] whoever asks for application/json by name, and nobody else, gets 200 for a document at fault: %s',
  (accept, plain) => {
    expect(wantsPlainJson(accept)).toBe(plain);
  },
);
