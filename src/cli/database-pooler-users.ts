import { Command } from 'commander';
import type pg from 'pg';
import { ConfigError } from '../config.ts';
import { withAdministrator } from './administrator.ts';
import type { Cli } from './cli.ts';
import { examples, printJson } from './output.ts';

const LOGIN = 'insula_gateway';

export function databasePoolerUsersCommand(cli: Cli): Command {
  return new Command('pooler-users')
    .description(
      'Print the users.txt of a PgBouncer that carries the gateway’s login: what PostgreSQL stores of its password.',
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `\nIt changes with the master key. Reading it needs a superuser.\n${examples('DATABASE_URL=postgresql://postgres:secret@db.example/insula insula database pooler-users > users.txt')}`,
    )
    .action(async ({ json }: { json?: true }) => {
      const verifier = await withAdministrator(cli, 'insula database pooler-users', readVerifier);
      if (json) printJson(cli, { login: LOGIN, verifier });
      else cli.output.write(`"${LOGIN}" "${verifier}"\n`);
    });
}

/** @throws ConfigError when there is none yet */
async function readVerifier(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ verifier: string | null }>(
    'select rolpassword as verifier from pg_catalog.pg_authid where rolname = $1',
    [LOGIN],
  );
  const verifier = rows[0]?.verifier;
  if (!verifier) throw new ConfigError(`There is no login ${LOGIN} yet: run "insula install".`);
  return verifier;
}
