import { expect, test } from 'vitest';
import { databaseSettings, tenantDatabaseOptions } from '../../../src/database/settings.ts';

const options = (given: Record<string, string>, maxConnections = 16) =>
  tenantDatabaseOptions(
    {
      ...databaseSettings.parse(given),
      DATABASE_URL: 'postgresql://admin:secret@db.internal:5432/app',
      INSULA_MASTER_KEY: Buffer.alloc(32),
    },
    maxConnections,
  );

test('[SI] what backends may keep is shared by the connections', () => {
  expect(options({ INSULA_BACKEND_MEMORY: '1024' }).backendMemory).toBe(64 * 2 ** 20);
  expect(options({ INSULA_BACKEND_MEMORY: '1024' }, 4).backendMemory).toBe(256 * 2 ** 20);
  expect(options({ INSULA_BACKEND_MEMORY: '0' }).backendMemory).toBe(0);
});

test('[SI] through a pooler the gateway’s login goes without named statements, and asks for no backend’s memory', () => {
  const direct = options({});
  expect(direct.url).toMatch(/^postgresql:\/\/insula_gateway:[\w-]+@db\.internal:5432\/app$/);
  expect(direct.statementMemory).toBeUndefined();
  const pooled = options({ INSULA_POOLER_URL: 'postgresql://pooler.internal:6432/app' });
  expect(pooled.url).toMatch(/^postgresql:\/\/insula_gateway:[\w-]+@pooler\.internal:6432\/app$/);
  expect(pooled).toMatchObject({ statementMemory: 0, backendMemory: 0 });
});

test('[SI] a pooler’s address must be PostgreSQL’s', () => {
  expect(databaseSettings.safeParse({ INSULA_POOLER_URL: 'http://pooler' }).success).toBe(false);
});
