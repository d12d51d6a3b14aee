import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { SeriesHistogram } from '../../../src/telemetry/histogram.ts';

const shape = { name: 'door_seconds', help: 'Time.', buckets: [0.001, 0.5, 1] };

test('[MC] series that are held by their observers render as prom-client renders its own', async () => {
  const value = fc.oneof(fc.constantFrom(0, 0.001, 0.5, 1), fc.double({ min: 0, max: 2, noNaN: true }));
  const observations = fc.array(fc.tuple(fc.constantFrom('first', 'second "quoted"'), value), {
    minLength: 1,
  });
  await fc.assert(
    fc.asyncProperty(observations, async (observed) => {
      const [theirs, ours] = [new Registry(), new Registry()];
      const reference = new Histogram({ ...shape, labelNames: ['phase'], registers: [theirs] });
      const histogram = new SeriesHistogram({ ...shape, labels: ['phase'], registers: [ours] });
      const series = new Map(
        [...new Set(observed.map(([phase]) => phase))].map((phase) => [phase, histogram.series({ phase })]),
      );
      for (const [phase, seconds] of observed) {
        reference.observe({ phase }, seconds);
        series.get(phase)?.observe(seconds);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
    }),
  );
});
