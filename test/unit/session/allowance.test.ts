import { expect, test } from 'vitest';
import { createAllowance } from '../../../src/session/allowance.ts';

test('[SM] so many a minute for each key, and steadily more as time goes by', () => {
  let now = 0;
  const allowance = createAllowance(3, () => now);
  const take = (key: string) => Array.from({ length: 5 }, () => allowance.take(key));
  expect(take('north')).toEqual([true, true, true, false, false]);
  expect(take('south')).toEqual([true, true, true, false, false]);
  now += 20_000;
  expect(take('north')).toEqual([true, false, false, false, false]);
  now += 3_600_000;
  expect(take('north')).toEqual([true, true, true, false, false]);
});

test('[SM] an allowance of none gives nothing', () => {
  expect(createAllowance(0).take('north')).toBe(false);
});
