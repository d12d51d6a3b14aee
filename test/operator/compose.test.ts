import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREATE_CUSTOMER, CREATE_DRAFT, ISSUE_INVOICE } from '../client/documents.ts';
import { EXAMPLE, readCompose } from '../support/compose.ts';
import { ComposeProcesses } from '../support/compose-processes.ts';
import { debianProgram } from '../support/debian.ts';
import { alertExpressions, dashboardExpressions } from '../support/monitoring.ts';
import { type DeployedPgBouncer, startDeployedPgBouncer } from './pgbouncer.ts';
import { checkRules, type Prometheus, startPrometheus } from './prometheus.ts';

/** With Debian's PgBouncer and Prometheus beside the services of compose.yaml that are ours. */
describe('what ships for operators', () => {
  let compose: ComposeProcesses;
  let pgbouncer: DeployedPgBouncer;
  let prometheus: Prometheus;
  let ask: (query: string, variables?: object) => ReturnType<ComposeProcesses['ask']>;

  beforeAll(async () => {
    compose = await ComposeProcesses.start();
    await compose.complete('install');
    await compose.complete('migrate');
    const directory = join(compose.directory, 'pgbouncer');
    mkdirSync(directory);
    pgbouncer = compose.use(
      await startDeployedPgBouncer({
        directory,
        users: await compose.writePoolerUsers(),
        postgres: compose.postgres,
      }),
    );
    compose.addresses['pgbouncer:6432'] = pgbouncer.address;
    const first = await compose.serve('gateway-a');
    const second = await compose.serve('gateway-b');
    const worker = await compose.serve('worker');
    prometheus = compose.use(
      await startPrometheus({
        command: compose.compose.services.prometheus?.command ?? [],
        directory: compose.directory,
        targets: {
          'gateway-a:9464': `127.0.0.1:${first.ports.INSULA_METRICS_PORT}`,
          'gateway-b:9464': `127.0.0.1:${second.ports.INSULA_METRICS_PORT}`,
          'worker:9464': `127.0.0.1:${worker.ports.INSULA_WORKER_PORT}`,
        },
      }),
    );
    await compose.run(['tenant', 'create', 'acme', '--owner', 'ada'], 'migrate');
    const token = await compose.issuer.token({ sub: 'ada' });
    ask = (query, variables) => compose.ask(first.ports.PORT ?? 0, token, query, variables);
    await compose.ask(second.ports.PORT ?? 0, undefined, '{ viewer { roles } }');
  });
  afterAll(() => compose[Symbol.asyncDispose]());

  test('[RI] compose.yaml follows the Compose Specification, as Debian’s docker-compose has it', () => {
    const { path } = debianProgram('docker-compose', ['docker-compose']);
    const schema = join(path, '../../lib/python3/dist-packages/compose/config/compose_spec.json');
    expect(existsSync(schema), `${path} brings no schema`).toBe(true);
    const secrets = { INSULA_MASTER_KEY: 'x', POSTGRES_PASSWORD: 'x', GRAFANA_PASSWORD: 'x' };
    const ajv = new Ajv2019({ strict: false, validateFormats: false });
    // Its dialect and its ids are written as no dialect has them.
    const rules = JSON.parse(readFileSync(schema, 'utf8'), (key, value) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    );
    const validate = ajv.compile(rules);
    validate(readCompose({ ...EXAMPLE, ...secrets }));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('[MC] Prometheus takes the alerts', async () => {
    expect(await checkRules('deploy/prometheus/alerts.yml')).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('[MC] every expression of the dashboard and of the alerts is evaluated over real metrics', async () => {
    const customer = await ask(String(CREATE_CUSTOMER), { name: 'Lovelace' });
    const customerId = customer.body.data?.createCustomer?.customer?.id;
    const draft = await ask(String(CREATE_DRAFT), { customerId });
    const id = draft.body.data?.createInvoice?.invoice?.id;
    const issued = await ask(String(ISSUE_INVOICE), { input: { id } });
    expect(issued.body).toMatchObject({ data: { issueInvoice: { invoice: { status: 'ISSUED' } } } });
    for (let second = 0; second < 6; second++) {
      for (let n = 0; n < 5; n++) expect((await ask('{ customers { nodes { name } } }')).status).toBe(200);
      await delay(1_000);
    }
    const empty: string[] = [];
    for (const { where, expression } of dashboardExpressions('10s')) {
      if ((await prometheus.evaluate(expression)).length === 0) empty.push(`${where}: ${expression}`);
    }
    expect(empty).toEqual([]);
    // Alerts are empty while all is well.
    const raised: string[] = [];
    for (const { where, expression } of alertExpressions()) {
      if ((await prometheus.evaluate(expression)).length > 0) raised.push(where);
    }
    expect(raised).toEqual([]);
  });

  test('[DO] tenants’ operations go through PgBouncer, and the alert for its loss is raised', async () => {
    await pgbouncer[Symbol.asyncDispose]();
    for (let second = 0; second < 4; second++) {
      expect((await ask('{ customers { nodes { name } } }')).status).toBe(503);
      await delay(1_000);
    }
    const [alert] = alertExpressions().filter(({ where }) => where === 'InsulaUnavailable');
    expect(await prometheus.evaluate(alert?.expression.replace('2m', '10s') ?? '')).toHaveLength(1);
  });
});
