import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** A place where something may have left a trace, by its name. */
export type Places = Record<string, string>;

/** Which secrets turn up, and where; each is looked for as it is, in hexadecimal and in base64. */
export function findTraces(secrets: Readonly<Record<string, string | Buffer>>, places: Places): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(places).flatMap(([place, text]) =>
      formsOf(secret)
        .filter((form) => text.includes(form))
        .map((form) => `${name} is in ${place}, as ${form}`),
    ),
  );
}

function formsOf(secret: string | Buffer): string[] {
  const bytes = Buffer.from(secret);
  // Base64 in the middle of something begins at one of three places, and its last characters depend on what follows.
  const shifted = [0, 1, 2].map((shift) =>
    bytes
      .subarray(shift)
      .toString('base64')
      .replace(/.{0,2}=*$/, ''),
  );
  const encoded = shifted.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
  const forms = [bytes.toString('hex'), ...encoded, ...(typeof secret === 'string' ? [secret] : [])];
  return [...new Set(forms)];
}

/** Every row of every table that is not PostgreSQL's own, read by a superuser; and the statements that run or ran last. */
export function readDatabase(adminUrl: string): Promise<Places> {
  return asSuperuser(adminUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
    );
    const places: Places = {};
    for (const { name } of tables) places[name] = await rowsOf(client, `${name} t`);
    places.pg_stat_activity = await rowsOf(client, 'pg_stat_activity t where pid <> pg_backend_pid()');
    return places;
  });
}

async function rowsOf(client: pg.Client, source: string): Promise<string> {
  const { rows } = await client.query<{ row: string }>(`select t::text as row from ${source}`);
  return rows.map(({ row }) => row).join('\n');
}

/** Has the server log every statement of new connections to a database, with all its parameters. */
export function logEverything(adminUrl: string): Promise<void> {
  return asSuperuser(adminUrl, async (client) => {
    const database = pg.escapeIdentifier(new URL(adminUrl).pathname.slice(1));
    await client.query(`alter database ${database} set log_statement = 'all'`);
    await client.query(`alter database ${database} set log_parameter_max_length_on_error = -1`);
  });
}

/** What the embedded server has logged. */
export function readServerLog(adminUrl: string): Promise<string> {
  return asSuperuser(adminUrl, async (client) => {
    const { rows } = await client.query<{ directory: string }>(
      `select setting as directory from pg_settings where name = 'data_directory'`,
    );
    return readFileSync(join(dirname(rows[0]?.directory ?? ''), 'log'), 'utf8');
  });
}

async function asSuperuser<Result>(
  adminUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The command lines and titles of all processes of this machine; where it has no /proc, nothing. */
export function readProcesses(): Places {
  return Object.fromEntries(
    ['cmdline', 'comm'].map((file) => [
      `/proc/*/${file}`,
      processIds()
        .map((pid) => read(`/proc/${pid}/${file}`))
        .join('\n'),
    ]),
  );
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** A process may have ended meanwhile, or be another user's. */
export function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
