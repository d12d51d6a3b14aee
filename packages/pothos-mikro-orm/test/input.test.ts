import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInput } from '../src/sql/input.ts';
import { createEmptyDatabase, type EmptyDatabase } from './support/database.ts';

/** Values as PostgreSQL writes them, by type: what real cursors hold. */
const written: Readonly<Record<string, readonly string[]>> = {
  int2: ['0', '-32768', '32767'],
  int4: ['0', '-2147483648', '2147483647'],
  int8: ['9223372036854775807', '-9223372036854775808', '42'],
  numeric: ['0', '-0.0001', '1234567890123456.7891', 'NaN', 'Infinity', '-Infinity'],
  float4: ['0', '-0', '1.5', '3.4e+38', '1.2e-38', 'NaN', 'Infinity'],
  float8: ['0', '1e+308', '5e-324', '0.1', '-Infinity', 'NaN', '123.456'],
  bool: ['true', 'false'],
  uuid: ['00000000-0000-4000-8000-00000000000a'],
  date: [
    '2024-02-29',
    '0044-03-15 BC',
    'infinity',
    '-infinity',
    '20000-01-01',
    '4713-01-01 BC',
    '0001-01-01',
  ],
  time: ['00:00:00', '23:59:59.999999'],
  timetz: ['10:00:00+00', '10:00:00.5-03:30', '23:59:59+15'],
  timestamp: ['2024-02-29 12:34:56.123456', 'infinity', '0044-03-15 12:00:00 BC', '20000-01-01 00:00:00'],
  timestamptz: [
    '2024-02-29 12:34:56.123456+00',
    '1883-01-01 00:00:00+00:09:21',
    '-infinity',
    '0044-03-15 12:00:00+00 BC',
    '294275-12-31 00:00:00-12',
  ],
  bytea: ['\\x', '\\x00ff'],
};
const edits = [...'0123456789-+:. TZeE'].concat(['', 'BC', ' BC', 'infinity', 'x', '\\', '99', '1e400']);

describe('texts that PostgreSQL can read', () => {
  let database: EmptyDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createEmptyDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database[Symbol.asyncDispose]();
  });

  it.each(Object.keys(written))(
    '[DV] %s: what it writes is taken, and nothing is taken that it refuses',
    async (type) => {
      const texts = written[type] ?? [];
      for (const text of texts) expect([text, isInput(type, text)]).toEqual([text, true]);
      const damaged = fc
        .tuple(
          fc.constantFrom(...texts),
          fc.array(fc.tuple(fc.nat(40), fc.nat(3), fc.constantFrom(...edits)), {
            minLength: 1,
            maxLength: 3,
          }),
        )
        .map(([text, changes]) =>
          changes.reduce((all, [at, length, by]) => all.slice(0, at) + by + all.slice(at + length), text),
        );
      const taken = [
        ...new Set(fc.sample(damaged, { numRuns: Number(process.env.INPUT_RUNS ?? 4000) })),
      ].filter((text) => isInput(type, text));
      const { rows } = await client.query(
        'select text from unnest($1::text[]) as text where not pg_input_is_valid(text, $2)',
        [[...taken, ...texts], type],
      );
      expect(rows).toEqual([]);
    },
  );

  it('[DV] a zero byte is in no text', () => {
    expect(isInput('text', 'a\0b')).toBe(false);
    expect(isInput(undefined, 'a')).toBe(true);
  });
});
