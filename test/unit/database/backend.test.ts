import { describe, expect, test } from 'vitest';
import { Backend } from '../../../src/database/backend.ts';

const MEBIBYTE = 2 ** 20;

/** A backend that has served so many tenants. */
function serving(backend: Backend, tenants: number, from = 0): Backend {
  for (let n = from; n < from + tenants; n++) backend.serve(`tenant${n}`);
  return backend;
}

describe('what a backend keeps', () => {
  test('[MC] whether it knows a tenant', () => {
    const backend = new Backend(MEBIBYTE);
    expect([backend.serve('acme'), backend.serve('globex'), backend.serve('acme')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('[SR] is looked at after the first few tenants, then half-way to the limit', () => {
    const backend = new Backend(100 * MEBIBYTE);
    expect(serving(backend, 15).isDue(0)).toBe(false);
    expect(serving(backend, 1, 15).isDue(0)).toBe(true);
    // A mebibyte for each tenant: 84 are left, 42 are half of that.
    backend.looked(16 * MEBIBYTE, 0, 0);
    expect(serving(backend, 41, 100).isDue(1)).toBe(false);
    expect(serving(backend, 1, 200).isDue(1)).toBe(true);
    backend.looked(58 * MEBIBYTE, 1, 0);
    expect(serving(backend, 20, 300).isDue(2)).toBe(false);
    expect(serving(backend, 1, 400).isDue(2)).toBe(true);
  });

  test('[SR] is looked at again after many transactions of tenants that it knows', () => {
    const backend = serving(new Backend(100 * MEBIBYTE), 1);
    backend.looked(MEBIBYTE, 0, 0);
    for (let n = 0; n < 999; n++) backend.serve('tenant0');
    expect(backend.isDue(1)).toBe(false);
    backend.serve('tenant0');
    expect(backend.isDue(1)).toBe(true);
  });

  test('[SR] looks take a fiftieth of the time at most', () => {
    const backend = serving(new Backend(MEBIBYTE), 16);
    backend.looked(2 * MEBIBYTE, 1_000, 30);
    serving(backend, 16, 16);
    expect([backend.isDue(2_499), backend.isDue(2_500)]).toEqual([false, true]);
  });

  test('[SR] is heavy over the limit, and too heavy over twice the limit', () => {
    const weights = [1, 2, 3].map((times) => {
      const backend = new Backend(10 * MEBIBYTE);
      backend.looked(times * 10 * MEBIBYTE + (times === 1 ? 0 : 1), 0, 0);
      return backend.weight;
    });
    expect(weights).toEqual(['light', 'too heavy', 'too heavy']);
    const heavy = new Backend(10 * MEBIBYTE);
    heavy.looked(20 * MEBIBYTE, 0, 0);
    expect(heavy.weight).toBe('heavy');
  });

  test('[SR] without a limit is never looked at', () => {
    const backend = serving(new Backend(0), 5_000);
    expect(backend.isDue(0)).toBe(false);
    expect(backend.weight).toBe('light');
  });
});
