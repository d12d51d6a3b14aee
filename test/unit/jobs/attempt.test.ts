import { expect, test } from 'vitest';
import { pauseAfter } from '../../../src/jobs/attempt.ts';

test('[AT] pauses double, are left to chance by half, and end at an hour', () => {
  const pauses = (chance: number) =>
    [1, 2, 3, 11, 12, 13, 40].map((attempt) => pauseAfter(attempt, 1_000, chance));
  expect(pauses(1)).toEqual([1_000, 2_000, 4_000, 1_024_000, 2_048_000, 3_600_000, 3_600_000]);
  expect(pauses(0)).toEqual(pauses(1).map((pause) => pause / 2));
});
