import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded } from '../../../src/database/embedded/index.ts';
import type { EmbeddedServer } from '../../../src/database/embedded/server.ts';
import { type Login, loginPassword, openerKey } from '../../../src/database/keys.ts';
import { createMasterKeys } from '../../../src/encryption/master-keys.ts';
import { findTraces, type Places, read, readDatabase, readProcesses } from '../../support/traces.ts';
import { begin, databaseProcesses, type Running, workingDirectory } from '../cli/command.ts';
import { run } from '../cli/in-process.ts';

const LOGINS: readonly Login[] = ['owner', 'gateway', 'directory', 'worker'];
const MASTER = Buffer.alloc(32, 'marked master key ');
/** What clients send that nobody else should see. */
const SENT = {
  badToken: 'marked-token.eyJzdWIiOiJtYXJrZWQtc3ViamVjdCJ9.marked-signature',
  cookie: 'marked-cookie',
  apiKey: 'marked-api-key',
  queryToken: 'marked-token-of-the-address',
  password: 'marked-password',
  taxId: 'CHE-999.888.777',
};

describe('insula start, with a log of everything', () => {
  const undo: (() => Promise<void>)[] = [];
  const cwd = workingDirectory((work) => void undo.push(work));
  const environment = {
    INSULA_DIRECTORY: join(cwd, '.insula'),
    INSULA_MASTER_KEY: MASTER.toString('base64'),
    INSULA_LOG_LEVEL: 'trace',
  };
  let server: Running;
  let port: string;
  let token: string;
  let adminUrl: string;
  let embedded: EmbeddedServer;
  beforeAll(async () => {
    server = begin(['start'], { cwd, env: { ...environment, PORT: '0', INSULA_DRAIN_NOTICE: '0' } });
    [, port = ''] = await server.until(/http:\/\/acme\.localhost:(\d+)[\s\S]*Ctrl-C/);
    token = (await run(['token', '--user', 'owner@acme.example'], { environment })).stdout.trim();
    // It runs already: this only finds it.
    embedded = await startEmbedded({ directory: join(cwd, '.insula', 'postgres') });
    adminUrl = Object.assign(new URL(embedded.url), { pathname: '/insula' }).href;
  });
  afterAll(async () => {
    server.signal('SIGTERM');
    await server.ended;
    await embedded.stop();
    for (const work of undo) await work();
  });

  const ask = (query: string, headers: Record<string, string>, search = '') =>
    fetch(`http://127.0.0.1:${port}/t/acme/graphql${search}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables: { taxId: SENT.taxId } }),
    });

  /** The tenants' data keys, as the gateway has them in memory. */
  async function dataKeys(): Promise<Record<string, Buffer>> {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    const { rows } = await client.query('select tenant, master, wrapped from insula.wrapped_key');
    await client.end();
    const keys = createMasterKeys({ current: MASTER });
    return Object.fromEntries(
      rows.map((row) => [`key of ${row.tenant}`, keys.unwrap(row.tenant, row).export()]),
    );
  }

  test('[DS] no secret is in its output, in the database, its log, metrics, errors, or in any process’s title', async () => {
    const mutation = `mutation ($taxId: String) { createCustomer(input: { name: "A", street: "B", postalCode: "C", city: "D",
      country: "CH", taxId: $taxId }) { customer { name } } }`;
    const noise = { cookie: `session=${SENT.cookie}`, 'x-api-key': SENT.apiKey };
    const replies = [
      await ask(mutation, { authorization: `Bearer ${token}`, ...noise }),
      await ask(mutation, { authorization: `Bearer ${SENT.badToken}`, ...noise }),
      await ask(mutation, {
        authorization: `Basic ${Buffer.from(`me:${SENT.password}`).toString('base64')}`,
      }),
      await ask(mutation, noise, `?access_token=${SENT.queryToken}`),
      await ask('mutation ($taxId: Int) { nope }', { authorization: `Bearer ${token}` }),
      await fetch(`http://127.0.0.1:${port}/nowhere?access_token=${SENT.queryToken}`, { headers: noise }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 401, 401, 401, 400, 404]);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await server.until(/"status":404[\s\S]*"msg":"request"/);

    const issuerKey: string = JSON.parse(read(join(cwd, '.insula', 'issuer.jwk'))).d;
    const secrets = {
      ...SENT,
      token,
      issuerKey,
      superuserPassword: embedded.password,
      masterKey: MASTER,
      openerKey: openerKey(MASTER),
      ...Object.fromEntries(LOGINS.map((login) => [`password of ${login}`, loginPassword(MASTER, login)])),
      ...(await dataKeys()),
    };
    const places: Places = {
      ...(await readDatabase(adminUrl)),
      ...readProcesses(),
      'standard output': server.stdout,
      'standard error': server.stderr,
      'PostgreSQL’s log': readFileSync(join(cwd, '.insula', 'postgres', 'log'), 'utf8'),
      'PostgreSQL’s environment': databaseProcesses(cwd)
        .map((pid) => read(`/proc/${pid}/environ`))
        .join('\n'),
      metrics,
      replies: (
        await Promise.all(
          replies.map(async (reply) => JSON.stringify([...reply.headers]) + (await reply.text())),
        )
      ).join('\n'),
    };
    // What is looked through is what it should be.
    expect(places['standard output']).toContain('"msg":"request"');
    expect(places.metrics).toContain('insula_');
    expect(places['PostgreSQL’s environment']).toContain('PATH=');
    expect(places['/proc/*/cmdline']).toContain('postgres');
    expect(Object.keys(secrets)).toHaveLength(17);
    expect(findTraces(secrets, places)).toEqual([]);
  });

  test.each([
    [
      'a master key that is too short',
      { INSULA_MASTER_KEY: Buffer.from('marked-short-key').toString('base64') },
    ],
    ['a master key that is no base64', { INSULA_MASTER_KEY: 'marked!short!key' }],
    ['an earlier one that is none', { INSULA_MASTER_KEY_PREVIOUS: 'marked!short!key' }],
    ['an address of another kind', { DATABASE_URL: 'mysql://me:marked-password@localhost/x' }],
    ['an address where nobody answers', { DATABASE_URL: 'postgresql://me:marked-password@127.0.0.1:1/x' }],
    ['an address that is none', { DATABASE_URL: 'postgresql://me:marked-password@' }],
    ['a list of issuers that is none', { INSULA_ISSUERS: '[{"secret":"marked-password"' }],
  ])('[DS] %s is refused without being repeated', async (_, wrong) => {
    const { code, stderr, stdout } = await run(['tenant', 'list'], {
      environment: { ...environment, ...wrong },
    });
    expect(code).toBe(1);
    const secrets = { password: 'marked-password', key: 'marked-short-key', other: 'marked!short!key' };
    expect(findTraces(secrets, { stderr, stdout })).toEqual([]);
  });
});
