import { describe, expect, test } from 'vitest';
import { PreparedStatements } from '../../../src/database/wire/prepared-statements.ts';

const closing = (prepared: PreparedStatements) =>
  prepared.takeClosing().map((step) => step.kind === 'close' && step.name);

describe('the prepared statements of a connection', () => {
  test('[DO] a text is parsed once and keeps its name', () => {
    const prepared = new PreparedStatements(10);
    const first = prepared.prepare('select 1', 1);
    expect(first.parse).toBe(true);
    prepared.settle(true);
    expect(prepared.prepare('select 1', 1)).toEqual({ name: first.name, parse: false });
    expect(prepared.prepare('select 2', 1).name).not.toBe(first.name);
  });

  test('[DO] the least recently used makes room and is closed', () => {
    const prepared = new PreparedStatements(2);
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
    const prepared = new PreparedStatements(10);
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
    const prepared = new PreparedStatements(10);
    const names = ['a', 'b'].map((text) => prepared.prepare(text, 1).name);
    prepared.settle(true);
    prepared.forgetAll();
    expect(closing(prepared)).toEqual(names);
    expect(prepared.prepare('a', 1).parse).toBe(true);
  });

  test('[DO] a limit of zero names nothing', () => {
    const prepared = new PreparedStatements(0);
    expect(prepared.prepare('select 1', 1)).toEqual({ parse: true });
    expect(closing(prepared)).toEqual([]);
  });

  test('[DO] a text that is too large to be kept is not named', () => {
    const prepared = new PreparedStatements(10);
    expect(prepared.prepare('select one of many', 100).name).toBeDefined();
    expect(prepared.prepare('select one of too many', 101)).toEqual({ parse: true });
    expect(prepared.prepare('x'.repeat(4_096), 1).name).toBeDefined();
    expect(prepared.prepare('x'.repeat(4_097), 1)).toEqual({ parse: true });
    prepared.settle(false);
    expect(closing(prepared)).toHaveLength(2);
  });
});
