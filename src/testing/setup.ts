import { makeTemplate } from './database.ts';
import { startTestServer } from './server.ts';

let stop: (() => Promise<void>) | undefined;

/**
 * One PostgreSQL for a whole run of tests, where each of its processes would start one: for Node's
 * `--test-global-setup`. A TEST_DATABASE_URL that is given stays.
 */
export async function globalSetup(): Promise<void> {
  if (process.env.TEST_DATABASE_URL) return;
  const server = await startTestServer();
  stop = server.stop;
  process.env.TEST_DATABASE_URL = await makeTemplate(server.url);
}

/** Ends what `globalSetup` started. */
export async function globalTeardown(): Promise<void> {
  await stop?.();
}

/** The same for vitest's `globalSetup`. @returns what ends it */
export default async function setup(): Promise<() => Promise<void>> {
  await globalSetup();
  return globalTeardown;
}
