import { problems } from '../../errors/problems.ts';

/**
 * [SM] Bounds the requests of a tenant that are worked on at the same time.
 *
 * @returns a function that takes a place until what it returns is disposed of. It throws Problem `RATE_LIMITED` when
 * `most` are taken.
 */
export function createConcurrencyLimit(): (tenant: string, most: number) => Disposable {
  const taken = new Map<string, number>();
  return (tenant, most) => {
    const places = taken.get(tenant) ?? 0;
    if (places >= most) {
      throw problems.RATE_LIMITED(`This tenant may have ${most} requests running at a time; wait for one.`, {
        headers: { 'retry-after': '1' },
      });
    }
    taken.set(tenant, places + 1);
    return {
      [Symbol.dispose]() {
        const left = (taken.get(tenant) ?? 1) - 1;
        if (left > 0) taken.set(tenant, left);
        else taken.delete(tenant);
      },
    };
  };
}
