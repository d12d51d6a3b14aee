import { startIssuer } from '../data/issuer.ts';
import { preparePlaces } from '../data/prepare.ts';
import { Tokens } from '../load.ts';
import { takeCores } from '../machine/cores.ts';
import { startDatabase } from '../machine/database.ts';
import { installPackages, startServer } from '../servers.ts';
import { measureFirstRequests } from './cold.ts';
import type { SpreadOptions } from './options.ts';
import { reportSpreads } from './report.ts';
import { type Series, startSeries } from './series.ts';
import { errorsAcrossVersions } from './versions.ts';

/** Few rows for each tenant: what grows with their number is to show, not what grows with their data. */
const ROWS = { customers: 20, invoices: 40 };

/** Measures series side by side, a server process of its own for each, and reports. */
export async function compareSpreads(options: SpreadOptions): Promise<void> {
  const { connections, rounds, seconds } = options;
  const most = Math.max(...options.tenants);
  if (options.peerTenants > 0) installPackages('postgraphile');
  await using resources = new AsyncDisposableStack();
  const cores = takeCores();
  const database = resources.use(await startDatabase('tenants', options.data));
  const places = await preparePlaces(
    database,
    { ...ROWS, tenants: most },
    Math.min(most, options.peerTenants),
  );
  const issuer = resources.use(await startIssuer());
  const tokens = new Tokens(issuer);
  const surroundings = { issuer, places, connections, core: cores.server };

  const first = await (async () => {
    await using server = await startServer('insula', surroundings);
    return await measureFirstRequests(server, { ...ROWS, tenants: most }, tokens);
  })();
  const versions = await errorsAcrossVersions(surroundings, tokens);

  const series: Series[] = [];
  for (const tenants of options.tenants) {
    for (const name of ['insula', 'postgraphile'] as const) {
      if (name === 'postgraphile' && tenants > options.peerTenants) continue;
      const context = { surroundings, tokens, postmaster: database.pid };
      series.push(resources.use(await startSeries(name, { ...ROWS, tenants }, context)));
    }
  }
  for (const one of series) await one.run(seconds, false);
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? series : series.toReversed()) await one.run(seconds, true);
  }
  for (const one of series) {
    const isLong = one.server.name === 'insula' && one.tenants > 1;
    while (isLong && one.sent < options.hour) await one.run(seconds, false);
  }
  reportSpreads({ options, series, first, versions, postgresql: database.version });
}
