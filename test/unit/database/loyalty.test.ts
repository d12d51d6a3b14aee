import { expect, test } from 'vitest';
import { Loyalty } from '../../../src/database/loyalty.ts';

test('[SI] waiting for a backend that knows a tenant is worth twice what connections are held for, and no more than a tenth of a second', () => {
  const loyalty = new Loyalty();
  expect(loyalty.patience).toBeLessThan(10);
  for (let n = 0; n < 1_000; n++) loyalty.note(20);
  expect(loyalty.patience).toBeCloseTo(40, 1);
  for (let n = 0; n < 1_000; n++) loyalty.note(10_000);
  expect(loyalty.patience).toBe(100);
});
