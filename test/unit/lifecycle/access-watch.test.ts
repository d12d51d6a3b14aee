import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problems } from '../../../src/errors/problems.ts';
import { type Watched, watchAccess } from '../../../src/lifecycle/access-watch.ts';
import { Exchange } from '../../../src/lifecycle/exchange.ts';
import { Completed, Lifetime } from '../../../src/lifecycle/subscription-lifetime.ts';
import type { Access } from '../../../src/tenancy/catalog/catalog.ts';

const access: Access = {
  tenant: {
    id: 't_0000000000000001',
    slug: 'acme',
    name: 'Acme',
    status: 'active',
    schemaVersion: 1,
    schemaHash: 'h',
    migrationFailed: false,
    limits: {},
  },
  membership: { tenant: 't_0000000000000001', subject: 'ann', roles: ['owner'] },
};

function openExchange(): Exchange {
  const req = new IncomingMessage(new Socket());
  return new Exchange(req, new ServerResponse(req));
}

/** A catalog in which a test changes who may do what. */
function createCatalog() {
  const state = { generation: 1n, holds: true, asked: 0, reachable: true };
  const catalog: Watched = {
    get generation() {
      return state.generation;
    },
    byId: async () => access.tenant,
    async stillHolds() {
      state.asked++;
      if (!state.reachable) throw problems.DATABASE_UNAVAILABLE('Away.');
      return state.holds;
    },
  };
  return { state, catalog };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('[AN] a change of the catalog ends a subscription whose access is gone; nothing is asked without one', async () => {
  const { state, catalog } = createCatalog();
  const lifetime = new Lifetime(openExchange());
  using _ = watchAccess(catalog)({ access, lifetime });
  await vi.advanceTimersByTimeAsync(5_000);
  expect([state.asked, lifetime.signal.aborted]).toEqual([1, false]);
  state.generation = 2n;
  await vi.advanceTimersByTimeAsync(300);
  expect([state.asked, lifetime.signal.aborted]).toEqual([2, false]);
  state.generation = 3n;
  state.holds = false;
  await vi.advanceTimersByTimeAsync(300);
  expect(lifetime.signal.reason).toMatchObject({ code: 'FORBIDDEN' });
});

test('[AN] a revocation between admission and subscription is not missed', async () => {
  const { state, catalog } = createCatalog();
  const watch = watchAccess(catalog);
  using _ = watch({ access, lifetime: new Lifetime(openExchange()) });
  state.holds = false;
  state.generation = 2n;
  await vi.advanceTimersByTimeAsync(300);
  const late = new Lifetime(openExchange());
  using _late = watch({ access, lifetime: late });
  await vi.advanceTimersByTimeAsync(0);
  expect(late.signal.aborted).toBe(true);
});

test('[AN] a catalog that does not answer ends nothing', async () => {
  const { state, catalog } = createCatalog();
  state.reachable = false;
  const lifetime = new Lifetime(openExchange());
  using _ = watchAccess(catalog)({ access, lifetime });
  state.generation = 2n;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(lifetime.signal.aborted).toBe(false);
});

test('[SR] a lifetime ends once: with its client, its token, or by order; what it keeps goes with it', async () => {
  const left = openExchange();
  const leaving = new Lifetime(left);
  left.abort(problems.CLIENT_CLOSED_REQUEST('The client went away.'));
  expect(leaving.signal.reason).toMatchObject({ code: 'CLIENT_CLOSED_REQUEST' });

  const short = openExchange();
  short.expiresAt = Date.now() + 2_000;
  const expiring = new Lifetime(short);
  const kept = vi.fn();
  expiring.keep({ [Symbol.dispose]: kept });
  await vi.advanceTimersByTimeAsync(1_900);
  expect([expiring.signal.aborted, kept.mock.calls.length]).toEqual([false, 0]);
  await vi.advanceTimersByTimeAsync(200);
  expect(expiring.signal.reason).toMatchObject({ code: 'UNAUTHENTICATED' });
  expiring.end();
  expect(expiring.signal.reason).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(kept).toHaveBeenCalledOnce();
  expiring.keep({ [Symbol.dispose]: kept });
  expect(kept).toHaveBeenCalledTimes(2);

  const endless = new Lifetime(openExchange());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(endless.signal.aborted).toBe(false);
  endless.end();
  expect(endless.signal.reason).toBeInstanceOf(Completed);
});
