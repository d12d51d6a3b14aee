import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CREATE_CUSTOMER } from '../client/documents.ts';
import { ComposeProcesses } from '../support/compose-processes.ts';
import { alertExpressions, dashboardExpressions, metricsIn, metricsOf } from '../support/monitoring.ts';

let compose: ComposeProcesses;
beforeAll(async () => {
  compose = await ComposeProcesses.start();
});
afterAll(() => compose[Symbol.asyncDispose]());

// Seven processes, one after the other: more than a minute where others use the machine too.
test('[RI] the commands of compose.yaml, in its order: what one gateway writes the other reads', async () => {
  await compose.complete('install');
  await compose.complete('migrate');
  expect(readFileSync(await compose.writePoolerUsers(), 'utf8')).toMatch(
    /^"insula_gateway" "SCRAM-SHA-256\$.*"\n$/,
  );
  const gateways = [await compose.serve('gateway-a'), await compose.serve('gateway-b')];
  const worker = await compose.serve('worker');

  await compose.run(['tenant', 'create', 'acme', '--owner', 'ada'], 'migrate');
  const token = await compose.issuer.token({ sub: 'ada' });
  const [first = 0, second = 0] = gateways.map(({ ports }) => ports.PORT);
  const written = await compose.ask(first, token, String(CREATE_CUSTOMER), { name: 'Lovelace' });
  expect(written).toMatchObject({ status: 200, body: { data: { createCustomer: {} } } });
  expect(await compose.ask(second, token, '{ customers { nodes { name } } }')).toEqual({
    status: 200,
    body: { data: { customers: { nodes: [{ name: 'Lovelace' }] } } },
  });
  const pages = await Promise.all(
    [...gateways.map(({ ports }) => ports.INSULA_METRICS_PORT), worker.ports.INSULA_WORKER_PORT].map(
      async (port) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    ),
  );
  const shipped = [...dashboardExpressions('1m'), ...alertExpressions()];
  expect(metricsOf(pages.join('\n'))).toEqual(expect.arrayContaining(metricsIn(shipped)));
}, 180_000);
