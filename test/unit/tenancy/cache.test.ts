import { describe, expect, it, vi } from 'vitest';
import { GenerationCache, type Reading } from '../../../src/tenancy/catalog/cache.ts';
import { Generation } from '../../../src/tenancy/catalog/generation.ts';

interface Thing {
  readonly name: string;
}

/** A cache, and a database whose answers the test gives when it likes. */
function setUp(limit = 10) {
  let now = 0;
  const generation = new Generation({ overdue: 750, now: () => now });
  const cache = new GenerationCache<Thing>({ generation, limit, joinable: 250 });
  const asked: PromiseWithResolvers<Reading<Thing>>[] = [];
  const read = vi.fn(() => {
    const question = Promise.withResolvers<Reading<Thing>>();
    asked.push(question);
    return question.promise;
  });
  const answer = async (at: bigint, name?: string) => {
    asked.shift()?.resolve({ generation: at, value: name === undefined ? undefined : { name } });
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { generation, cache, read, answer, later: (milliseconds: number) => (now += milliseconds) };
}

describe('the cache of the catalog', () => {
  it('[TI] asks once, and keeps the answer while the generation is confirmed and the same', async () => {
    const { generation, cache, read, answer, later } = setUp();
    const first = cache.get('acme', read);
    await answer(1n, 'before');
    expect(await first).toEqual({ name: 'before' });
    for (let beats = 0; beats < 10; beats++) {
      later(500);
      generation.observe(1n, generation.now());
      expect(await cache.get('acme', read)).toEqual({ name: 'before' });
    }
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('[TI] keeps "there is no such thing" as long as anything else', async () => {
    const { generation, cache, read, answer } = setUp();
    void cache.get('ghost', read);
    await answer(1n);
    expect(await cache.get('ghost', read)).toBeUndefined();
    expect(read).toHaveBeenCalledTimes(1);
    generation.hear(2n);
    void cache.get('ghost', read);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('[TI] drops everything at once when the generation moves', async () => {
    const { generation, cache, read, answer } = setUp();
    void cache.get('acme', read);
    await answer(1n, 'before');
    generation.hear(2n);
    const second = cache.get('acme', read);
    await answer(2n, 'after');
    expect(await second).toEqual({ name: 'after' });
  });

  it('[TI] does not serve what it knows when the heartbeat is overdue', async () => {
    const { cache, read, answer, later } = setUp();
    void cache.get('acme', read);
    await answer(1n, 'before');
    later(751);
    const second = cache.get('acme', read);
    await answer(1n, 'confirmed');
    expect(await second).toEqual({ name: 'confirmed' });
    expect(read).toHaveBeenCalledTimes(2);
    // The answer that was asked for is a confirmation too.
    expect(await cache.get('acme', read)).toEqual({ name: 'confirmed' });
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('[TI] repeats a read that a change overtook, and never keeps it', async () => {
    const { generation, cache, read, answer } = setUp();
    const overtaken = cache.get('acme', read);
    generation.hear(2n);
    await answer(1n, 'before');
    expect(read).toHaveBeenCalledTimes(2);
    await answer(2n, 'after');
    expect(await overtaken).toEqual({ name: 'after' });
    expect(await cache.get('acme', read)).toEqual({ name: 'after' });
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('[TI] gives whoever asks after a change no answer that was asked for before it', async () => {
    const { generation, cache, read, answer } = setUp();
    void cache.get('acme', read);
    generation.hear(2n);
    const second = cache.get('acme', read);
    expect(read).toHaveBeenCalledTimes(2);
    await answer(1n, 'before');
    await answer(2n, 'after');
    expect(await second).toEqual({ name: 'after' });
  });

  it('[TI] shares one read among simultaneous questions, but not one that hangs', async () => {
    const { cache, read, later } = setUp();
    void cache.get('acme', read);
    void cache.get('acme', read);
    expect(read).toHaveBeenCalledTimes(1);
    later(251);
    void cache.get('acme', read);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('[TI] passes a failure on and asks again at the next question', async () => {
    const { cache, read, answer } = setUp();
    const failing = cache.get('acme', () => Promise.reject(new Error('down')));
    await expect(failing).rejects.toThrow('down');
    const second = cache.get('acme', read);
    await answer(1n, 'up');
    expect(await second).toEqual({ name: 'up' });
  });

  it("[TI] guessing names that don't exist pushes out nothing that does", async () => {
    const { cache, read, answer } = setUp(2);
    void cache.get('acme', read);
    await answer(1n, 'kept');
    for (let guess = 0; guess < 20; guess++) {
      void cache.get(`guess-${guess}`, read);
      await answer(1n);
    }
    const before = read.mock.calls.length;
    expect(await cache.get('acme', read)).toEqual({ name: 'kept' });
    expect(read).toHaveBeenCalledTimes(before);
  });
});

describe('the generation', () => {
  it('[TI] a late answer neither lowers it nor confirms it', () => {
    const { generation, later } = setUp();
    generation.observe(1n, 0);
    later(700);
    const askedAt = generation.now();
    later(10);
    generation.hear(2n);
    expect(generation.observe(1n, askedAt)).toBe(false);
    expect(generation.known).toBe(2n);
    later(100);
    expect(generation.isOverdue).toBe(true);
  });

  it('[TI] a slow answer confirms the moment of the question, not of the answer', () => {
    const { generation, later } = setUp();
    const askedAt = generation.now();
    later(800);
    expect(generation.observe(1n, askedAt)).toBe(true);
    expect(generation.isOverdue).toBe(true);
  });

  it('[TI] a database that went back (a restore, a failover) is followed', () => {
    const { generation, later } = setUp();
    generation.observe(9n, 0);
    const { epoch } = generation;
    later(1);
    expect(generation.observe(5n, generation.now())).toBe(true);
    expect(generation.known).toBe(5n);
    expect(generation.epoch).not.toBe(epoch);
  });

  it('[TI] after a gap, reads from before it are not believed', () => {
    const { generation, later } = setUp();
    generation.observe(1n, 0);
    const askedAt = generation.now();
    later(1);
    generation.forget();
    expect(generation.isOverdue).toBe(true);
    expect(generation.observe(1n, askedAt)).toBe(false);
    expect(generation.observe(1n, generation.now())).toBe(true);
    expect(generation.isOverdue).toBe(false);
  });
});
