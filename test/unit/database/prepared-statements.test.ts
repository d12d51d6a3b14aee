import { describe, expect, test } from 'vitest';
import { PreparedStatements } from '../../../src/database/wire/prepared-statements.ts';

const PLENTY = 2 ** 20;

const closing = (prepared: PreparedStatements) =>
  prepared.takeClosing().map((step) => step.kind === 'close' && step.name);

describe('the prepared statements of a connection', () => {
  test('[DO] a text is parsed once and keeps its name', () => {
    const prepared = new PreparedStatements(PLENTY);
    const first = prepared.prepare('select 1', 1);
    expect(first.parse).toBe(true);
    prepared.settle(true);
    expect(prepared.prepare('select 1', 1)).toEqual({ name: first.name, parse: false });
    expect(prepared.prepare('select 2', 1).name).not.toBe(first.name);
  });

  test('[DO] the least recently used makes room and is closed', () => {
    const two = new PreparedStatements(PLENTY);
    for (const text of ['a', 'b']) two.prepare(text, 1);
    const prepared = new PreparedStatements(two.bytes);
    const [a, b] = ['a', 'b'].map((text) => prepared.prepare(text, 1).name);
    prepared.prepare('a', 1);
    prepared.prepare('c', 1);
    prepared.settle(true);
    expect(closing(prepared)).toEqual([b]);
    expect(closing(prepared)).toEqual([]);
    expect(prepared.prepare('a', 1)).toEqual({ name: a, parse: false });
    expect(prepared.prepare('b', 1).parse).toBe(true);
  });

  test('[DO] after a failed batch what was new in it is closed and parsed anew, under another name', () => {
    const prepared = new PreparedStatements(PLENTY);
    const old = prepared.prepare('old', 1);
    prepared.settle(true);
    const failed = prepared.prepare('new', 1);
    prepared.settle(false);
    expect(closing(prepared)).toEqual([failed.name]);
    expect(prepared.prepare('new', 1)).toEqual({
      name: expect.not.stringMatching(`^${failed.name}$`),
      parse: true,
    });
    expect(prepared.prepare('old', 1)).toEqual({ name: old.name, parse: false });
  });

  test('[DO] all can be forgotten, when a migration made their plans stale', () => {
    const prepared = new PreparedStatements(PLENTY);
    const names = ['a', 'b'].map((text) => prepared.prepare(text, 1).name);
    prepared.settle(true);
    prepared.forgetAll();
    expect(closing(prepared)).toEqual(names);
    expect(prepared.prepare('a', 1).parse).toBe(true);
  });

  test('[DO] how much they take is bounded, not how many they are', () => {
    const budget = 250_000;
    const prepared = new PreparedStatements(budget);
    for (let n = 0; n < 100; n++) prepared.prepare(`select ${n}`, 1);
    prepared.settle(true);
    expect(prepared.count).toBe(100);
    for (let n = 0; n < 20; n++) {
      prepared.prepare(`select ${n} /* ${'long'.repeat(100)} */`, 1);
      expect(prepared.bytes).toBeLessThanOrEqual(budget);
    }
    prepared.settle(true);
    expect(prepared.count).toBeLessThan(10);
    expect(closing(prepared)).toHaveLength(120 - prepared.count);
  });

  test('[DO] a text that would need the whole budget and more drives nothing out', () => {
    const prepared = new PreparedStatements(100_000);
    prepared.prepare('select 1', 1);
    expect(prepared.prepare('x'.repeat(2_000), 1)).toEqual({ parse: true });
    expect(prepared.count).toBe(1);
  });

  test('[DO] a limit of zero names nothing', () => {
    const prepared = new PreparedStatements(0);
    expect(prepared.prepare('select 1', 1)).toEqual({ parse: true });
    expect(closing(prepared)).toEqual([]);
  });

  test('[DO] a text that is too large to be kept is not named', () => {
    const prepared = new PreparedStatements(PLENTY);
    expect(prepared.prepare('select one of many', 100).name).toBeDefined();
    expect(prepared.prepare('select one of too many', 101)).toEqual({ parse: true });
    expect(prepared.prepare('x'.repeat(4_096), 1).name).toBeDefined();
    expect(prepared.prepare('x'.repeat(4_097), 1)).toEqual({ parse: true });
    prepared.settle(false);
    expect(closing(prepared)).toHaveLength(2);
  });
});
