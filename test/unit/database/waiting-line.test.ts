import { describe, expect, test } from 'vitest';
import { WaitingLine } from '../../../src/database/waiting-line.ts';

const patience = { timeout: 60_000, onTimeout: () => new Error('late') };

/** A line, and who was served in which order. */
function open({ window = 4, heldBack = new Set<string>() } = {}) {
  const line = new WaitingLine<number>((tenant) => heldBack.has(tenant), window);
  const served: string[] = [];
  const join = (...tenants: string[]) => {
    for (const tenant of tenants) void line.join(tenant, patience);
  };
  const give = (count: number, distance: (tenant: string) => number = () => 0) => {
    let left = count;
    const take = (tenant: string) => (left-- > 0 ? served.push(tenant) : undefined);
    line.serve(take, distance);
  };
  return { line, served, join, give };
}

describe('tenants that wait', () => {
  test('[SI] take turns: one that floods the line delays another by one turn', () => {
    const { line, served, join, give } = open();
    join(...Array<string>(1_000).fill('flood'), 'acme', 'globex', 'acme');
    give(6);
    expect(served).toEqual(['flood', 'acme', 'globex', 'flood', 'acme', 'flood']);
    expect(line.length).toBe(997);
  });

  test('[SI] who comes later than a flood is served after one of it', () => {
    const { served, join, give } = open();
    join('flood', 'flood', 'flood', 'flood');
    give(2);
    join('acme');
    give(2);
    expect(served).toEqual(['flood', 'flood', 'flood', 'acme']);
  });

  test('[SI] a tenant’s own are served first come first served', async () => {
    const { line } = open();
    const order: number[] = [];
    const waiting = [1, 2, 3].map((n) => line.join('acme', patience).then(() => order.push(n)));
    line.serve(
      () => 1,
      () => 0,
    );
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
  });

  test('[SI] one whom a connection suits comes before its turn, but passes the one in front only so often', () => {
    const { served, join, give } = open({ window: 3 });
    join('front', 'a', 'b', 'c', 'd', 'e');
    const distance = (tenant: string) => (tenant === 'front' ? 9 : 1);
    for (let n = 0; n < 6; n++) give(1, distance);
    expect(served).toEqual(['a', 'b', 'c', 'front', 'd', 'e']);
  });

  test('[SI] only so many are looked at for one whom a connection suits', () => {
    const { served, join, give } = open({ window: 3 });
    join('a', 'b', 'c', 'suited');
    give(1, (tenant) => (tenant === 'suited' ? 0 : 5));
    expect(served).toEqual(['a']);
  });

  test('[SI] who is held back is passed, and loses no turn', () => {
    const heldBack = new Set(['held']);
    const { line, served, join, give } = open({ heldBack });
    join('held', 'acme', 'acme');
    expect(line.first(3)).toEqual(['acme', 'acme']);
    give(1);
    heldBack.clear();
    give(1);
    expect(served).toEqual(['acme', 'held']);
  });

  test('[SI] connections are opened for those whose turns come first', () => {
    const { line, join } = open();
    join('flood', 'flood', 'flood', 'acme');
    expect(line.first(3)).toEqual(['flood', 'acme', 'flood']);
    expect(line.first(9)).toEqual(['flood', 'acme', 'flood', 'flood']);
  });

  test('[SI] who leaves the line takes no turn', async () => {
    const { line, served, join, give } = open();
    const abort = new AbortController();
    const gone = line.join('gone', { ...patience, signal: abort.signal });
    join('acme');
    abort.abort(new Error('away'));
    await expect(gone).rejects.toThrow('away');
    give(5);
    expect(served).toEqual(['acme']);
    expect(line.length).toBe(0);
  });
});
