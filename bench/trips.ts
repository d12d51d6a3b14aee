import type { Places } from './data/prepare.ts';
import type { Sizes } from './data/sizes.ts';
import { ask, prepare, type Tokens } from './load.ts';
import { startCountingProxy, type Trips } from './machine/counting-proxy.ts';
import type { Options } from './options.ts';
import { makeRequests, type RequestName } from './requests.ts';
import { type ServerName, type Surroundings, startServer } from './servers.ts';

const USUAL = { warmUp: 150, counted: 50 } as const;
const QUICK = { warmUp: 10, counted: 5 } as const;

/** Statements and round trips of each request, for each server: a pass of its own, one request at a time. */
export async function countTrips(
  { only, requests, quick }: Pick<Options, 'only' | 'requests' | 'quick'>,
  surroundings: Surroundings,
  { sizes, tokens }: { readonly sizes: Sizes; readonly tokens: Tokens },
): Promise<Map<RequestName, Map<ServerName, Trips>>> {
  const { warmUp, counted } = quick ? QUICK : USUAL;
  const trips = new Map(requests.map((request) => [request, new Map<ServerName, Trips>()]));
  await using proxy = await startCountingProxy(surroundings.places.peers.url);
  const places: Places = {
    insula: { ...surroundings.places.insula, url: proxy.through(surroundings.places.insula.url) },
    peers: { ...surroundings.places.peers, url: proxy.through(surroundings.places.peers.url) },
  };
  for (const name of only) {
    await using server = await startServer(name, { ...surroundings, places });
    for (const request of requests) {
      // One tenant: statements that a connection does for the first time are no part of a request.
      const count = warmUp + counted;
      const made = makeRequests(server.dialect, () => request, { ...sizes, tenants: 1 }, { count, seed: 5 });
      const prepared = await prepare(made, tokens);
      for (const sent of prepared.slice(0, warmUp)) await ask(server.port, sent);
      proxy.take();
      for (const sent of prepared.slice(warmUp)) await ask(server.port, sent);
      const { statements, roundTrips } = proxy.take();
      const each = { statements: statements / counted, roundTrips: roundTrips / counted };
      trips.get(request)?.set(name, each);
    }
  }
  return trips;
}
