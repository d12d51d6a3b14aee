// Run as a process of its own, to be killed: migrates the fleet with the migrations of one folder, a line per tenant.
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { migrate } from '../../../src/fleet/migrate.ts';
import { readMigrations } from '../../../src/fleet/migrations.ts';

const [url = '', folder = ''] = process.argv.slice(2);
const owner = new pg.Pool({ connectionString: url });
const plan = readMigrations([{ name: 'stock', migrations: pathToFileURL(`${folder}/`) }]);
await migrate({ owner, plan, onTenant: ({ slug }) => process.stdout.write(`${slug}\n`) });
await owner.end();
