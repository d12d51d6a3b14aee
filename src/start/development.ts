import { createDevelopmentIssuer } from '../authentication/development-issuer.ts';
import type { Config, Settings } from '../config.ts';
import { install } from '../fleet/install.ts';
import type { Module } from '../module.ts';
import type { Logger } from '../telemetry/logger.ts';
import { type DemoTenant, demoTenants } from './demo-tenants.ts';
import { openDatabase } from './open-database.ts';
import { assertPortFree } from './port.ts';
import { prepare } from './prepare.ts';
import { startServer } from './server.ts';
import { superviseWorker } from './worker-process.ts';

export interface DevelopmentOptions {
  readonly settings: Settings;
  /** The platform's too, in the order of their dependencies. */
  readonly modules: readonly Module[];
  readonly logger: Logger;
  /** What is typed for a worker in development. */
  readonly workerCommand: readonly string[];
  /** Told of each step that may take a moment. */
  readonly onStep: (text: string) => void;
}

/** A gateway and a worker in development; disposing of them drains both and then stops their database. */
export interface Development extends AsyncDisposable {
  readonly port: number;
  readonly config: Config;
  readonly tenants: readonly DemoTenant[];
  /** A token of the first demo user; undefined when other issuers are configured. */
  readonly token: string | undefined;
  /** What is wrong, yet no reason not to start. */
  readonly warnings: readonly string[];
}

/** Seconds. */
const TOKEN_LIFETIME = 12 * 60 * 60;

/**
 * Starts everything that development needs: the database, its installation, migrations and demo tenants, the gateway, a
 * worker beside it.
 *
 * @throws ConfigError, or an Error of one or a few lines; nothing is left running then
 */
export async function startDevelopment(options: DevelopmentOptions): Promise<Development> {
  const { settings, modules, logger, workerCommand, onStep } = options;
  const tenants = demoTenants(modules);
  await assertPortFree(settings.PORT, settings.HOST);
  await using resources = new AsyncDisposableStack();
  const { config, embedded } = resources.use(await openDatabase(settings, { create: true }));
  onStep(
    embedded ? `PostgreSQL runs in ${config.INSULA_DIRECTORY}/` : 'the database of DATABASE_URL is used',
  );
  await install({ adminUrl: config.DATABASE_URL, masterKey: config.INSULA_MASTER_KEY });
  const warnings = await prepare({ config, modules, demo: tenants, logger, onStep });
  const { port } = resources.use(await startServer({ config, modules, logger }));
  resources.use(superviseWorker({ command: workerCommand, config, logger }));
  const token = await firstToken(config, tenants);
  const owned = resources.move();
  return { port, config, tenants, token, warnings, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function firstToken(config: Config, tenants: readonly DemoTenant[]): Promise<string | undefined> {
  if (config.INSULA_ISSUERS.length > 0) return undefined;
  const [{ slug, members } = { slug: '', members: {} }] = tenants;
  const [subject = ''] = Object.keys(members);
  const issuer = await createDevelopmentIssuer({ directory: config.INSULA_DIRECTORY });
  return issuer.sign({ subject, tenant: slug, expiresIn: TOKEN_LIFETIME });
}
