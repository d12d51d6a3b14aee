import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StatementRefused } from '../../src/database/errors.ts';
import { assertPlannable } from '../../src/database/guard.ts';
import { openerKey } from '../../src/database/keys.ts';
import { createTenantDatabase, type TenantDatabase } from '../../src/database/tenant-database.ts';
import { MASTER_KEY, throughPooler } from '../support/database.ts';
import { type Attack, expressions, plannable, statements } from './attacks.ts';
import { assemble, type Cast, enter, outcomeOf, send } from './cast.ts';

let cast: Cast;
let tenants: TenantDatabase;
beforeAll(async () => {
  cast = await assemble();
  tenants = createTenantDatabase({
    url: cast.url('gateway'),
    openerKey: openerKey(MASTER_KEY),
    maxConnections: 1,
    connectionTimeout: 5_000,
    logger: { warn: () => undefined },
    ...throughPooler(),
  });
});
afterAll(async () => {
  await tenants[Symbol.asyncDispose]();
  await cast[Symbol.asyncDispose]();
});

const aimed = (sql: string) => sql.replaceAll(':own', cast.own).replaceAll(':other', cast.other);

/** Attacks with the tenant's role, on a connection that is thrown away. */
function attempt(sql: string): Promise<string> {
  return cast.as('gateway', async (gateway) => {
    await enter(gateway, cast.own, { operation: { name: 'attack' } });
    return outcomeOf(send(gateway, aimed(sql)));
  });
}

/** Attacks as a resolver could that lets a caller write SQL. */
async function throughTheDriver(sql: string): Promise<{ rows: Record<string, unknown>[] }> {
  await using transaction = tenants.begin({
    tenant: cast.own,
    access: 'read write',
    isolation: 'read committed',
    operation: { id: randomUUID(), actor: 'user:mallory', name: 'attack', requestId: 'r1' },
    statementTimeout: 2_000,
  });
  const result = await transaction.execute(sql);
  await transaction.commit();
  return result;
}

const inAnExpression = (sql: string) => `select name from customer where name = 'x' or (${sql}) is null`;
const title = ({ door, sql }: Attack) => ({ door, short: sql.replaceAll(/\s+/g, ' ').slice(0, 110) });
const cases = (attacks: readonly Attack[]) => attacks.map((attack) => ({ ...title(attack), ...attack }));
const ending = (attacks: readonly Attack[], how: string) => cases(attacks).filter(({ end }) => end === how);
const refused = (attacks: readonly Attack[]) =>
  cases(attacks).filter(({ end }) => end !== 'guard' && end !== 'known');

describe("an expression inside a tenant's statement", () => {
  test.each(refused(expressions))('[SI] $door: the database refuses $short', async ({ sql, end }) => {
    expect(await attempt(inAnExpression(sql))).toBe(end);
  });

  test.each(ending(expressions, 'known'))('[SI] $door: known to remain: $short', async ({ sql }) => {
    expect(await attempt(inAnExpression(sql))).toBe('done');
  });
});

describe('a whole statement of a kind that the guard lets pass', () => {
  test.each(refused(plannable))('[SI] $door: the database refuses $short', async ({ sql, end }) => {
    expect(() => assertPlannable(aimed(sql))).not.toThrow();
    expect(await attempt(sql)).toBe(end);
  });
});

test("[SI] settings by update: inside WITH it does nothing, for PostgreSQL's own rule says so", async () => {
  const text = `with moved as (update pg_settings set setting = ':other' where name = 'role') select current_user`;
  await cast.as('gateway', async (gateway) => {
    await enter(gateway, cast.own, { operation: { name: 'attack' } });
    expect((await send(gateway, aimed(text))).rows).toEqual([{ current_user: cast.own }]);
    expect((await send(gateway, 'select current_user')).rows).toEqual([{ current_user: cast.own }]);
  });
});

describe('any other whole statement', () => {
  test.each(refused(statements))('[SI] $door: the database refuses $short', async ({ sql, end }) => {
    expect(await attempt(sql)).toBe(end);
  });

  test.each(ending(statements, 'guard'))('[SI] $door: the guard alone refuses $short', async ({ sql }) => {
    expect(await attempt(sql)).toBe('done');
    await expect(throughTheDriver(aimed(sql))).rejects.toThrow(StatementRefused);
  });
});

describe('through the driver, from end to end', () => {
  const shut = [
    ...refused(expressions).map(({ sql }) => inAnExpression(sql)),
    ...[...refused(plannable), ...cases(statements)].map(({ sql }) => sql),
  ];

  test(`[SI] none of ${shut.length} attacks goes through, and the connections stay clean`, async () => {
    const passed: string[] = [];
    for (const sql of shut) {
      await throughTheDriver(aimed(sql)).then(
        () => passed.push(sql),
        () => undefined,
      );
    }
    expect(passed).toEqual([]);
    const { rows } = await throughTheDriver(
      `select current_user, current_setting('search_path') as path, current_setting('statement_timeout') as timeout`,
    );
    expect(rows).toEqual([{ current_user: cast.own, path: `"${cast.own}", pg_temp`, timeout: '2s' }]);
  });
});
