import type { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';
import type { Access, Catalog } from '../tenancy/catalog/catalog.ts';
import type { Lifetime } from './subscription-lifetime.ts';

/** What is asked about callers whose subscriptions are open. */
export type Watched = Pick<Catalog, 'byId' | 'generation' | 'stillHolds'>;

interface Guest {
  readonly access: Access;
  readonly lifetime: Lifetime;
}

/** Milliseconds between two looks whether the catalog has changed. */
const LOOK_EVERY = 200;

/**
 * Ends subscriptions whose tenant was suspended or whose member's roles were changed, within a second and without
 * waiting for an event. As long as the catalog's generation is the same, nobody's access can have changed.
 *
 * @returns a function that watches one subscription, until what it returns is disposed of
 */
export function watchAccess(catalog: Watched): (guest: Guest) => Disposable {
  const guests = new Set<Guest>();
  let timer: NodeJS.Timeout | undefined;
  let looked = catalog.generation;

  const look = () => {
    if (catalog.generation === looked) return;
    looked = catalog.generation;
    for (const guest of guests) void examine(guest);
  };

  async function examine({ access, lifetime }: Guest): Promise<void> {
    // No answer is no reason to end it: each event asks again, and is not delivered without one.
    const holds = await catalog.stillHolds(access).catch(() => true);
    if (!holds) lifetime.end(accessChanged());
  }

  return (guest) => {
    timer ??= setInterval(look, LOOK_EVERY).unref();
    guests.add(guest);
    // It may have changed since the caller was let in, before anybody watched.
    void examine(guest);
    return {
      [Symbol.dispose]() {
        guests.delete(guest);
        if (guests.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      },
    };
  };
}

/** Why a subscription ends whose caller may not go on as before. */
export function accessChanged(): Problem {
  return problems.FORBIDDEN('Your membership or the tenant changed meanwhile; subscribe again.');
}
