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
  /** A tenant's id: ask what this tenant may do, and not only what everybody may. */
  readonly tenant?: string;
}

interface Boundary {
  readonly name: string;
  readonly consequence: string;
  readonly findings: readonly string[];
}

const BOUNDARIES = readFileSync(new URL('./doors/boundaries.sql', import.meta.url), 'utf8');

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
 */
export async function examine(client: Executor, { tenant }: ExamineOptions = {}): Promise<Finding[]> {
  const doors = findingsOfDoors(await readDoors(client, tenant));
  const { rows: boundaries } = await client.query<Boundary>(BOUNDARIES, [tenant ?? null]);
  const logins = await readLogins(client);
  const limits = await readLimits(client);
  return [
    ...doors,
    ...boundaries.map(({ name, consequence, findings }) => finding(name, consequence, findings)),
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
