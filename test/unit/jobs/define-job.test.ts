import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineJob, defineModule, type Schedule } from '../../../src/module.ts';

const daily = defineJob({
  name: 'stock:count',
  payload: z.object({ on: z.iso.date() }),
  run: async () => {},
});

describe('[AT] a module', () => {
  test('[AT] schedules its own jobs alone', () => {
    const schedules: Schedule[] = [{ job: daily, every: 'day', at: '06:00' }];
    expect(() => defineModule({ name: 'stock', jobs: [daily], schedules })).not.toThrow();
    expect(() => defineModule({ name: 'stock', schedules })).toThrow(
      'The module "stock" schedules "stock:count", which is none of its jobs.',
    );
  });

  test.each(['6:00', '24:00', '06:60'] as const)('[AT] can schedule nothing at %s', (at) => {
    const schedules: Schedule[] = [{ job: daily, every: 'day', at }];
    expect(() => defineModule({ name: 'stock', jobs: [daily], schedules })).toThrow(
      `is scheduled at "${at}"`,
    );
  });

  test('[AT] has no job of another module’s name', () => {
    expect(() => defineModule({ name: 'sales', jobs: [daily] })).toThrow('its jobs begin with "sales:"');
  });
});

test('[AT DV] a payload that is validated asynchronously is a mistake of the module', () => {
  const job = defineJob({ name: 'a:b', payload: z.string().refine(async () => true), run: async () => {} });
  expect(() => job.check('x')).toThrow();
});
