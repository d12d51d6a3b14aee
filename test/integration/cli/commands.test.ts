import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { decodeJwt } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { loginPassword } from '../../../src/database/keys.ts';
import { isPassword } from '../../../src/database/scram.ts';
import { readMigrations } from '../../../src/fleet/migrations.ts';
import { defineModule } from '../../../src/module.ts';
import { modules as reference } from '../../../src/modules/index.ts';
import { createDatabase, MASTER_KEY, type TestDatabase } from '../../support/database.ts';
import { type InProcessOptions, run } from './in-process.ts';

/** How many migrations a tenant of the reference domain has. */
const MIGRATIONS = readMigrations(reference).version;

let database: TestDatabase;
let environment: NodeJS.ProcessEnv;
let folder: string;

beforeAll(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), 'insula-commands-'));
  environment = {
    DATABASE_URL: database.adminUrl,
    INSULA_MASTER_KEY: MASTER_KEY.toString('base64'),
    INSULA_DIRECTORY: join(folder, '.insula'),
  };
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const insula = (words: string, options: InProcessOptions = {}) =>
  run(words.split(' '), { environment, ...options });

/** Splits like a shell would, but for this one argument. */
const json = async (words: string) => JSON.parse((await insula(`${words} --json`)).stdout);

describe('[RI] help', () => {
  const all = createProgram({
    modules: [],
    environment: {},
    output: process.stdout,
    messages: process.stderr,
  });
  const leavesOf = (command: Command, before = ''): [words: string, command: Command][] =>
    command.commands
      .filter((child) => child.name() !== 'complete')
      .flatMap((child) =>
        child.commands.length > 0
          ? leavesOf(child, `${before}${child.name()} `)
          : [[before + child.name(), child] satisfies [string, Command]],
      );
  const leaves = leavesOf(all);

  test.each(leaves.map(([words]) => words))(
    '[RI] %s --help says what it does, with an example',
    async (words) => {
      const { code, stdout } = await insula(`${words} --help`);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: insula [\s\S]*Examples:\n {2}\$ /)]);
      expect(stdout).toContain(`insula ${words}`);
    },
  );

  /** What runs until it is stopped logs lines of JSON; a contract and a script are for programs as they are. */
  const withoutJson = ['start', 'serve', 'worker', 'schema print', 'completion'];
  test('[RI] every command can answer in JSON', () => {
    const without = leaves.filter(([, command]) => !command.options.some(({ long }) => long === '--json'));
    expect(without.map(([words]) => words)).toEqual(withoutJson);
  });

  test.each([
    ['tenant lst', /^insula: unknown command 'lst'[^\n]*\n/],
    ['tenant show', /^insula: missing required argument 'tenant'\n$/],
    ['tenant list --jsn', /^insula: unknown option '--jsn'\n/],
    [
      'database url --login boss',
      /^insula: option '--login <login>' argument 'boss' is invalid\. Allowed choices are/,
    ],
    ['migrate --concurrency none', /^insula: option '--concurrency <tenants>' argument 'none' is invalid/],
  ])('[RI] %s is one clear line and a failure', async (words, text) => {
    const { code, stderr } = await insula(words);
    expect([code, stderr]).toEqual([1, expect.stringMatching(text)]);
  });
});

describe('[TI] tenant', () => {
  test('[TI] create, show, suspend and resume', async () => {
    const created = await json(
      'tenant create initech --name Initech --domain billing.initech.example --owner peter',
    );
    expect(created).toMatchObject({
      slug: 'initech',
      name: 'Initech',
      status: 'active',
      schemaVersion: MIGRATIONS,
      domains: ['billing.initech.example'],
      members: 1,
    });
    expect(await insula('tenant suspend initech')).toMatchObject({
      code: 0,
      stderr: 'initech is suspended.\n',
    });
    expect((await insula('tenant show initech')).stdout).toMatch(/^status: +suspended$/m);
    expect(await insula('tenant resume initech')).toMatchObject({ code: 0, stderr: 'initech is active.\n' });
    expect((await json('tenant show initech')).status).toBe('active');
  });

  test.each(['', 'peter\n', 'p'.repeat(256)])(
    '[TI] create with an owner that is no subject makes no tenant (%#)',
    async (owner) => {
      const { code, stderr } = await run(['tenant', 'create', 'hooli', '--owner', owner], { environment });
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^insula: A subject has 1 to 255 [^\n]*\n$/)]);
      expect((await insula('tenant show hooli')).stderr).toMatch(/There is no tenant "hooli"/);
    },
  );

  test('[TI] create leaves a tenant that exists as it is', async () => {
    const before = await json('tenant show acme');
    const { code, stderr, stdout } = await insula('tenant create acme --name Other --json');
    expect([code, stderr, JSON.parse(stdout)]).toEqual([0, 'The tenant acme is there already.\n', before]);
  });

  test('[TI] list prints a table, or JSON', async () => {
    const { stdout } = await insula('tenant list');
    const row = `acme +acme +active +${MIGRATIONS} +4 +t_`;
    expect(stdout).toMatch(new RegExp(`^SLUG +NAME +STATUS +SCHEMA +MEMBERS +ID\n${row}`));
    expect((await json('tenant list')).map(({ slug }: { slug: string }) => slug)).toContain('globex');
  });

  test.each([
    ['tenant create ../etc', /no slug/],
    ['tenant create www', /reserved/],
    ['tenant show nobody', /There is no tenant "nobody"/],
    ['tenant suspend nobody', /There is no tenant "nobody"/],
    ['member list nobody', /There is no tenant "nobody"/],
  ])('[TI] %s is refused in one line', async (words, text) => {
    const { code, stderr } = await insula(words);
    expect(code).toBe(1);
    expect(stderr).toMatch(text);
    expect(stderr).toMatch(/^insula: [^\n]*\n$/);
  });
});

describe('[TI] tenant domain', () => {
  test('[TI] add, list and remove', async () => {
    expect((await insula('tenant domain add globex pay.globex.example')).stderr).toBe(
      'pay.globex.example leads to globex.\n',
    );
    expect(await json('tenant domain add globex pay.globex.example')).toEqual({
      tenant: 'globex',
      domain: 'pay.globex.example',
      added: false,
    });
    expect((await insula('tenant domain list globex')).stdout).toBe('pay.globex.example\n');
    expect((await insula('tenant domain add acme pay.globex.example')).stderr).toBe(
      'insula: "pay.globex.example" belongs to another tenant.\n',
    );
    expect((await insula('tenant domain add acme Pay')).stderr).toMatch(
      /^insula: "Pay" is no full domain name/,
    );
    expect(await json('tenant domain remove globex pay.globex.example')).toMatchObject({ removed: true });
    expect(await json('tenant domain list globex')).toEqual([]);
  });
});

describe('[SM] plans', () => {
  test('[SM] are set, given, overruled and taken away', async () => {
    expect((await insula('plan set team operationsPerMinute=600 subscriptions=5')).stderr).toBe(
      'The plan team has the limits subscriptions=5 operationsPerMinute=600.\n',
    );
    expect(await json('plan set team subscriptions=none')).toEqual({
      name: 'team',
      limits: { operationsPerMinute: 600 },
      tenants: 0,
    });
    expect((await insula('tenant plan globex team')).stderr).toBe(
      'globex has the plan team; limits: operationsPerMinute=600.\n',
    );
    expect(await json('tenant limit globex operationsPerMinute=6000 concurrentOperations=8')).toMatchObject({
      plan: 'team',
      limits: { operationsPerMinute: 6000, concurrentOperations: 8 },
    });
    expect((await insula('plan list')).stdout).toMatch(/^team +1 +operationsPerMinute=600$/m);
    expect((await insula('tenant show globex')).stdout).toMatch(
      /^plan: +team\nlimits: +.*operationsPerMinute=6000/m,
    );
    expect((await insula('plan remove team')).stderr).toMatch(/^insula: Tenants have the plan "team"/);
    expect((await insula('tenant plan globex --none')).stderr).toMatch(/^globex has no plan; /);
    expect((await insula('plan remove team')).stderr).toBe('The plan team is gone.\n');
    expect((await insula('plan remove team')).stderr).toMatch(/^insula: There is no plan "team"/);
  });

  test.each([
    ['plan set team speed=3', /There are operationsPerMinute, concurrentOperations, subscriptions/],
    ['plan set team subscriptions=-1', /A limit is a whole number above 0, or "none"/],
    ['plan set Team subscriptions=1', /"Team" is no name of a plan/],
    ['tenant plan globex gold', /There is no plan "gold"/],
    ['tenant plan globex', /Name a plan, or say --none/],
  ])('[SM] %s is refused in one line', async (words, text) => {
    const { code, stderr } = await insula(words);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^insula: [^\n]*\n$/)]);
    expect(stderr).toMatch(text);
  });
});

describe('[AZ] member', () => {
  test('[AZ] add, list and remove', async () => {
    expect((await insula('member add globex jane@globex.example --role admin viewer')).stderr).toBe(
      'jane@globex.example is a member of globex: admin, viewer.\n',
    );
    expect((await insula('member add globex jane@globex.example --role admin viewer')).stderr).toMatch(
      /Nothing changed/,
    );
    expect((await insula('member list globex')).stdout).toMatch(/^jane@globex\.example +admin, viewer$/m);
    expect(await json('member list globex')).toContainEqual({
      tenant: expect.stringMatching(/^t_/),
      subject: 'jane@globex.example',
      roles: ['admin', 'viewer'],
    });
    expect((await insula('member remove globex jane@globex.example')).stderr).toMatch(
      /is no longer a member/,
    );
    expect((await insula('member remove globex jane@globex.example')).stderr).toMatch(/was no member/);
  });

  test('[AZ] a role that no module knows is refused, with those that there are', async () => {
    const { code, stderr } = await insula('member add globex jane --role king');
    expect([code, stderr]).toEqual([
      1,
      'insula: There is no role "king"; there are owner, admin, accountant, viewer.\n',
    ]);
  });
});

describe('[DO] migrate', () => {
  test('[DO] nothing to do is said so, and is no failure', async () => {
    expect(await insula('migrate')).toEqual({ code: 0, stdout: 'Every tenant is up to date.\n', stderr: '' });
    expect(await json('migrate')).toEqual({ migrated: [], failed: [], left: 0 });
  });

  test('[DO] progress goes to stderr, the outcome to stdout, and a failure into the exit code', async () => {
    await using fleet = await createDatabase();
    const migrations = mkdtempSync(join(folder, 'stock-'));
    writeFileSync(
      join(migrations, '0001_items.sql'),
      'create table item (id int primary key);\nselect 1 / 0',
    );
    const stock = defineModule({ name: 'stock', migrations: pathToFileURL(`${migrations}/`) });
    const { modules } = await import('../../../src/modules/index.ts');
    const options = {
      modules: [...modules, stock],
      environment: { ...environment, DATABASE_URL: fleet.adminUrl },
    };
    const failed = await insula('migrate', options);
    expect(failed).toMatchObject({ code: 1, stdout: '0 migrated, 2 failed, 0 left.\n' });
    expect(failed.stderr).toMatch(/^migrated 2\/2$/m);
    expect(failed.stderr).toMatch(/^acme: stock\/0001_items: division by zero\n {2}select 1 \/ 0$/m);
    expect((await insula('tenant list', options)).stdout).toMatch(/^acme .*active, migration failed/m);
    expect((await insula('tenant show acme', options)).stdout).toMatch(
      /^failed migration: .*division by zero/m,
    );

    writeFileSync(join(migrations, '0001_items.sql'), 'create table item (id int primary key)');
    const mended = await insula('migrate --concurrency 1', options);
    expect(mended).toMatchObject({ code: 0, stdout: '2 migrated, 0 failed, 0 left.\n' });
  });

  test('[DO] migration create says when there is nothing to do, and which modules there are', async () => {
    expect((await insula('migration create invoices more')).stderr).toBe(
      'Nothing to do: invoices has all its migrations.\n',
    );
    expect((await insula('migration create nothing more')).stderr).toBe(
      'insula: There is no module "nothing"; there are viewer, members, api-keys, audit, customers, invoices, payments.\n',
    );
  });
});

describe('[AN] token', () => {
  test('[AN] prints the token and nothing else', async () => {
    const { code, stdout, stderr } = await insula(
      'token --tenant acme --user owner@acme.example --expires-in 60',
    );
    expect([code, stderr]).toEqual([0, '']);
    const claims = decodeJwt(stdout.trim());
    expect(claims).toMatchObject({ sub: 'owner@acme.example', tenant: 'acme', iss: 'insula-development' });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(60);
    expect(stdout).toBe(`${stdout.trim()}\n`);
  });

  test('[AN] is refused where other issuers are configured', async () => {
    const issuer = { issuer: 'https://id.example', audience: 'x', jwksUri: 'https://id.example/jwks' };
    const { code, stderr } = await insula('token --user owner', {
      environment: { ...environment, INSULA_ISSUERS: JSON.stringify([issuer]) },
    });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^insula: INSULA_ISSUERS: [^\n]*\n$/)]);
  });
});

describe('[SM] database', () => {
  test.each(['owner', 'gateway', 'directory', 'worker'])(
    '[SM] database url --login %s can be connected to',
    async (login) => {
      const { stdout } = await insula(`database url --login ${login}`);
      const client = new pg.Client({ connectionString: stdout.trim() });
      await client.connect();
      const { rows } = await client.query('select session_user as name');
      await client.end();
      expect(rows).toEqual([{ name: `insula_${login}` }]);
    },
  );

  test('[SM] doctor finds the installed database shut, also for a tenant', async () => {
    const { code, stdout } = await insula('doctor --tenant acme');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\d+ shut, 0 open, \d+ known to remain\n$/)]);
  });

  test('[SM] database pooler-users prints what PgBouncer is to know: what is stored of the password, and of one login', async () => {
    const { stdout } = await insula('database pooler-users');
    const [, login, verifier = null] = /^"(\w+)" "([^"]+)"\n$/.exec(stdout) ?? [];
    expect(login).toBe('insula_gateway');
    expect(isPassword(loginPassword(MASTER_KEY, 'gateway'), verifier)).toBe(true);
    expect(stdout).not.toContain(loginPassword(MASTER_KEY, 'gateway'));
    expect(await json('database pooler-users')).toEqual({ login, verifier });
  });

  test('[SM] database pooler-users with a login that may not read it fails with one line', async () => {
    const { code, stdout, stderr } = await insula('database pooler-users', {
      environment: { DATABASE_URL: database.url('gateway') },
    });
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/^insula: .*permission denied.*\n$/),
    ]);
  });

  test('[SM] doctor says which door is open, and fails', async () => {
    await using opened = await createDatabase();
    const client = new pg.Client({ connectionString: opened.adminUrl });
    await client.connect();
    await client.query('grant execute on function pg_catalog.set_config(text, text, boolean) to public');
    await client.end();
    const { code, stdout } = await insula('doctor', { environment: { DATABASE_URL: opened.adminUrl } });
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^open +settings: .*set_config/m)]);
    const found = await insula('doctor --json', { environment: { DATABASE_URL: opened.adminUrl } });
    expect(JSON.parse(found.stdout)).toContainEqual(
      expect.objectContaining({ door: 'settings', state: 'open' }),
    );
  });

  test.each([
    [
      'another key',
      { INSULA_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') },
      /password authentication failed.*insula install/,
    ],
    ['no key', { INSULA_MASTER_KEY: '' }, /INSULA_MASTER_KEY: Missing/],
    [
      'no database',
      { DATABASE_URL: '' },
      /There is no database in .*run "insula start", or set DATABASE_URL/,
    ],
    ['no server', { DATABASE_URL: 'postgresql://x@127.0.0.1:1/x' }, /The database can't be reached/],
    ['a misspelt setting', { INSULA_MASTERKEY: 'x' }, /INSULA_MASTERKEY: There is no such setting/],
  ])('[SM] with %s a command says so in one line', async (_, more, text) => {
    const { code, stderr } = await insula('tenant list', { environment: { ...environment, ...more } });
    expect(code).toBe(1);
    expect(stderr).toMatch(text);
    expect(stderr).toMatch(/^insula: [^\n]*\n$/);
  });
});

describe('[DP] schema print', () => {
  test('[DP] prints the same again, to stdout or a file, without a database', async () => {
    const { stdout } = await insula('schema print', { environment: {} });
    expect(stdout).toMatch(/^type Query \{/m);
    const file = join(folder, 'schema.graphql');
    await insula(`schema print --out ${file}`, { environment: {} });
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    expect((await insula(`schema print --check ${file}`, { environment: {} })).code).toBe(0);

    writeFileSync(file, stdout.replace('type Query {', 'type Query {\n  extra: Int'));
    const { code, stderr } = await insula(`schema print --check ${file}`, { environment: {} });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^insula: .*is not what the modules make: line \d+ should be [^\n]*\n$/),
    ]);
  });

  test('[DP] the schema in the repository is what the modules make', async () => {
    const { code, stderr } = await insula('schema print --check schema.graphql', { environment: {} });
    expect([code, stderr]).toEqual([0, '']);
  });
});

test('[RI] install makes an empty database fit for tenants, and can be repeated', async () => {
  await using empty = await createDatabase();
  const admin = new pg.Client({ connectionString: empty.adminUrl });
  await admin.connect();
  onTestFinished(() => admin.end());
  await admin.query('drop schema insula cascade');
  const options = { environment: { ...environment, DATABASE_URL: empty.adminUrl } };
  expect((await insula('tenant list', options)).stderr).toMatch(/^insula: .*run "insula install"/);
  expect(await insula('install', options)).toMatchObject({ code: 0, stderr: 'Installed.\n' });
  expect(await insula('install', options)).toMatchObject({ code: 0 });
  expect(await insula('tenant create solo', options)).toMatchObject({ code: 0 });
  await admin.end();
});
