import { problems } from '../../errors/problems.ts';
import { createPlaces } from './places.ts';

/**
 * [SM] Bounds the requests of a tenant that are worked on at the same time.
 *
 * @returns a function that takes a place until what it returns is disposed of. It throws Problem `RATE_LIMITED` when
 * `most` are taken.
 */
export function createConcurrencyLimit(): (tenant: string, most: number) => Disposable {
  const places = createPlaces();
  return (tenant, most) => {
    if (places.taken(tenant) >= most) {
      throw problems.RATE_LIMITED(`This tenant may have ${most} requests running at a time; wait for one.`, {
        headers: { 'retry-after': '1' },
      });
    }
    return places.take(tenant);
  };
}
