import { createSchema } from 'graphql-yoga';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpServer, type HttpServer } from '../../../src/http/server.ts';
import { useForgeryProtection } from '../../../src/lifecycle/protection/forgery.ts';
import { useRequestInitiation } from '../../../src/lifecycle/request-initiation.ts';
import { useResult } from '../../../src/lifecycle/result.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';

// Without authentication, as if the browser had brought a credential by itself.
const logger = createLogger({ level: 'silent' });
let server: HttpServer;
let url: string;

beforeAll(async () => {
  server = createHttpServer({
    port: 0,
    host: '127.0.0.1',
    schema: createSchema({ typeDefs: 'type Query { hello: String }' }),
    lifecycle: [useRequestInitiation(), useForgeryProtection(), useResult({ logger })],
    logger,
    metrics: createMetrics(),
    ready: () => true,
  });
  url = `http://127.0.0.1:${(await server.listen()).port}/graphql?query=%7Bhello%7D`;
});
afterAll(() => server.close());

test.each([{}, { accept: 'application/graphql-response+json' }, { accept: '*/*', 'accept-language': 'de' }])(
  '[SM] a GET that another site’s page could have caused is refused: %o',
  async (headers) => {
    const response = await fetch(url, { headers });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('"PREFLIGHT_REQUIRED"');
  },
);

test.each(['authorization', 'x-tenant-id', 'x-requested-with', 'apollo-require-preflight'])(
  '[SM] a GET with %s was asked for before',
  async (name) => {
    expect((await fetch(url, { headers: { [name]: 'x' } })).status).toBe(200);
  },
);
