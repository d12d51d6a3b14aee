import pg from 'pg';
import type { Executor } from '../client.ts';
import { type DoorObject, isUnlimited, readDoors, readLimits } from './doors.ts';

/**
 * Shuts every door of the database that is open to PUBLIC, and gives what was taken to the logins that keep it. Sends
 * nothing when all are shut. The logins must exist. Needs a superuser.
 *
 * A copy made by `CREATE DATABASE … TEMPLATE` has the privileges on its objects, but not those on the database itself
 * (CONNECT, TEMPORARY): shut its doors again.
 */
export async function shutDoors(client: Executor): Promise<void> {
  const open = (await readDoors(client)).filter((object) => object.passable);
  const groups = Map.groupBy(open, ({ privilege, target, keepers }) => `${privilege} ${target} ${keepers}`);
  const statements = [...groups.values()].flatMap(takeFromPublic);
  if (statements.length > 0) await client.query(statements.join(';\n'));
}

function takeFromPublic(objects: readonly DoorObject[]): string[] {
  const [first] = objects;
  if (!first) return [];
  const what = `${first.privilege} on ${first.target} ${objects.map((object) => object.identity).join(', ')}`;
  const revoke = `revoke ${what} from public`;
  return first.keepers.length > 0 ? [`grant ${what} to ${first.keepers.join(', ')}`, revoke] : [revoke];
}

/** Sets the logins' limits where there are none. They hold for the whole server, from a login's next connection on. */
export async function setLimits(client: Executor): Promise<void> {
  const statements = (await readLimits(client))
    .filter(isUnlimited)
    .map(({ login, setting, value }) => `alter role ${login} set ${setting} = ${pg.escapeLiteral(value)}`);
  if (statements.length > 0) await client.query(statements.join(';\n'));
}
