import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors, type Gateway, startGateway } from '../integration/lifecycle/gateway.ts';

// The audits know no tokens: they get one, and a tenant, from the function that fetches.
const identity = { authorization: 'Bearer owner', 'x-tenant-id': 'acme' };

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door });
  });
  afterAll(() => gateway.close());

  const audits = serverAudits({
    url: () => `${gateway.url}/graphql`,
    fetchFn: (url: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      for (const [name, value] of Object.entries(identity)) headers.set(name, value);
      return fetch(url, { ...init, headers });
    },
  });

  test('[RC] there are 61 audits of GraphQL over HTTP', () => {
    expect(audits).toHaveLength(61);
  });

  test.each(audits.map(({ id, name, fn }) => [id, name, fn] as const))(
    '[RC] %s: %s',
    async (_id, _name, audit) => {
      const result = await audit();
      expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
    },
  );
});
