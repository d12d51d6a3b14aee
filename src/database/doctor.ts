import { readFileSync } from 'node:fs';
import type { Executor } from './client.ts';
import { type DoorObject, isUnlimited, readDoors, readLimits, readLogins } from './doors/doors.ts';

/** One door of a database. */
export interface Finding {
  readonly door: string;
  /** `known`: it is open and can't be shut inside the database; `detail` says what stands before it. */
  readonly state: 'shut' | 'open' | 'known';
  /** What can happen when it is open, in one line; when it is, also what is open. */
  readonly detail: string;
}

export interface ExamineOptions {
  /** A tenant's id: ask what this tenant may do, not what everybody may, and look at no other tenant. */
  readonly tenant?: string;
}

interface Boundary {
  readonly name: string;
  readonly consequence: string;
  readonly findings: readonly string[];
}

const BOUNDARIES = readFileSync(new URL('./doors/boundaries.sql', import.meta.url), 'utf8');
const TENANTS = readFileSync(new URL('./doors/tenants.sql', import.meta.url), 'utf8');

/** Before it a membership does not say whether rights are inherited. */
const OLDEST_SERVER = 16;

/** What no revoked privilege shuts. */
const KNOWN: readonly Finding[] = [
  {
    door: 'whole statements',
    state: 'known',
    detail: 'SET ROLE, COMMIT, PREPARE and LISTEN need no privilege: the guard of the driver refuses them',
  },
  {
    door: 'existence',
    state: 'known',
    detail: 'casts and has_…_privilege tell whether a name or an oid exists: the names of tenants are random',
  },
  {
    door: 'memory',
    state: 'known',
    detail: 'one expression can use up memory: limit it for the server (ulimit -v, a control group)',
  },
];

/**
 * Asks a database, whatever it is, which doors are shut, open, or known to remain. Only privileges are looked up: nothing
 * is tried, and nothing changes. Needs a login that can read the system catalogs: a superuser or insula_owner.
 *
 * @throws Error when the server is too old to be asked
 */
export async function examine(client: Executor, { tenant }: ExamineOptions = {}): Promise<Finding[]> {
  await assertServer(client);
  const doors = findingsOfDoors(await readDoors(client, tenant));
  const { rows: boundaries } = await client.query<Boundary>(BOUNDARIES);
  const between = await examineTenants(client, tenant);
  const logins = await readLogins(client);
  const limits = await readLimits(client);
  return [
    ...doors,
    ...boundaries.map(({ name, consequence, findings }) => finding(name, consequence, findings)),
    ...between,
    ...logins.map(({ name, fault }) =>
      finding(
        `login ${name}`,
        'the login can do more, or less, than its work needs',
        fault ? [`it ${fault}`] : [],
      ),
    ),
    ...limits.map((limit) =>
      finding(
        `${limit.setting} of ${limit.login}`,
        limit.consequence,
        isUnlimited(limit) ? [`it is ${limit.current ?? 'not set'}`] : [],
      ),
    ),
    ...KNOWN,
  ];
}

async function assertServer(client: Executor): Promise<void> {
  const { rows } = await client.query<{ major: number; version: string }>(
    `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as version`,
  );
  const [server] = rows;
  if (server && server.major >= OLDEST_SERVER) return;
  throw new Error(`Insula needs PostgreSQL ${OLDEST_SERVER} or newer; this is ${server?.version}.`);
}

/** The doors between tenants: of one, or of all that the catalog has. */
async function examineTenants(client: Executor, tenant: string | undefined): Promise<Finding[]> {
  const ids = tenant === undefined ? await readTenants(client) : [tenant];
  if (!ids) {
    const why = 'there is no catalog: run "insula install" and "insula migrate"';
    return [finding('tenants', 'which tenants there are is not known, so none was examined', [why])];
  }
  const { rows } = await client.query<Boundary>(TENANTS, [ids]);
  return rows.map(({ name, consequence, findings }) => finding(name, consequence, findings));
}

async function readTenants(client: Executor): Promise<string[] | undefined> {
  const { rows: catalogs } = await client.query(`select where to_regclass('insula.tenant') is not null`);
  if (catalogs.length === 0) return;
  const { rows } = await client.query<{ id: string }>('select id from insula.tenant');
  return rows.map(({ id }) => id);
}

function findingsOfDoors(objects: readonly DoorObject[]): Finding[] {
  return [...Map.groupBy(objects, (object) => object.name)].map(([name, behind]) => {
    const passable = behind.filter((object) => object.passable);
    const [first] = passable.length > 0 ? passable : behind;
    return finding(
      name,
      first?.consequence ?? '',
      passable.map(({ privilege, identity }) => `${privilege} on ${identity}`),
    );
  });
}

const SHOWN = 3;

function finding(door: string, consequence: string, open: readonly string[]): Finding {
  if (open.length === 0) return { door, state: 'shut', detail: consequence };
  const more = open.length > SHOWN ? ` and ${open.length - SHOWN} more` : '';
  return { door, state: 'open', detail: `${consequence} (${open.slice(0, SHOWN).join(', ')}${more})` };
}
