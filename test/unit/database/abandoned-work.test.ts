import { describe, expect, test } from 'vitest';
import { AbandonedWork } from '../../../src/database/abandoned-work.ts';

describe('operations that were broken off', () => {
  test('[SI] hold their own tenant back, while there are too many', async () => {
    const abandoned = new AbandonedWork(2);
    const endings = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
    const counting = endings.map(({ promise }) => abandoned.count('north', promise));
    expect([abandoned.holdsBack('north'), abandoned.holdsBack('south')]).toEqual([true, false]);
    endings[0]?.resolve(true);
    await counting[0];
    expect(abandoned.holdsBack('north')).toBe(false);
    endings[1]?.resolve(true);
    await abandoned.ended();
  });

  test('[SI] count for a while longer where they cost the connection', async () => {
    const abandoned = new AbandonedWork(1);
    const counting = abandoned.count('north', Promise.resolve(false));
    await abandoned.ended();
    expect(abandoned.holdsBack('north')).toBe(true);
    await counting;
    expect(abandoned.holdsBack('north')).toBe(false);
  });
});
