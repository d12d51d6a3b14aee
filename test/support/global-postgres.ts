import type { TestProject } from 'vitest/node';
import { makeTemplate } from '../../src/testing/database.ts';
import { startTestServer } from '../../src/testing/server.ts';
import { buildTemplate } from './template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's own server; `template` names the database that `createDatabase` copies. */
    postgres: { host: string; port: number; superuser: string; password: string; template: string };
  }
}

/** One throw-away PostgreSQL for the whole run; `createTestGateway` finds it too. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  try {
    const template = await buildTemplate(server.url);
    process.env.TEST_DATABASE_URL = await makeTemplate(server.url);
    const { host, port, user: superuser, password } = server;
    project.provide('postgres', { host, port, superuser, password, template });
    return server.stop;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
