import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../src/modules/index.ts';
import { DOORS, startGateway, type TestGateway } from '../support/gateway.ts';

const CONFIGURATIONS = (['development', 'production'] as const).flatMap((mode) =>
  DOORS.map((doors) => ({ mode, doors })),
);

/**
 * Five audits ask with a variable, or with rare characters, for `__type`: production answers that to nobody. What they
 * test is not introspection, so there they ask something else in the same way.
 */
function withoutIntrospection(address: string, init: RequestInit) {
  const replaced = (text: string) =>
    text
      .replace('__type(name: $name) { name }', 'customers(filter: { search: $name }) { totalCount }')
      .replace(
        /__type\(name: \\"(.+?)\\"\) \{ name \}/u,
        'customers(filter: { search: \\"$1\\" }) { totalCount }',
      );
  const url = new URL(address);
  const query = url.searchParams.get('query');
  if (query !== null) url.searchParams.set('query', replaced(query));
  const { body } = init;
  return { address: url.href, init: typeof body === 'string' ? { ...init, body: replaced(body) } : init };
}

describe.each(CONFIGURATIONS)('in $mode, through the doors: $doors', ({ mode, doors }) => {
  let gateway: TestGateway;
  let authorization: string;
  beforeAll(async () => {
    gateway = await startGateway({ modules, tenants: ['north'], mode, doors });
    authorization = `Bearer ${await gateway.token('owner@north.example')}`;
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  // The audits know neither tokens nor tenants: who asks is added when they fetch, the tenant is in the path.
  const url = () => `http://127.0.0.1:${gateway.port}/t/north/graphql`;
  const audits = serverAudits({
    url,
    fetchFn: (address: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', authorization);
      const asked = mode === 'production' ? withoutIntrospection(address, init) : { address, init };
      return fetch(asked.address, { ...asked.init, headers });
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

  test('[AN] without a token, everything that the audits send gets a 401', async () => {
    const answers: string[] = [];
    const anonymous = serverAudits({
      url,
      fetchFn: async (address: string, init: RequestInit = {}) => {
        const response = await fetch(address, init);
        const { errors } = await response.clone().json();
        answers.push(`${response.status} ${errors?.[0]?.extensions?.code}`);
        return response;
      },
    });
    for (const { fn } of anonymous) await fn();
    expect(answers.length).toBeGreaterThanOrEqual(61);
    expect(new Set(answers)).toEqual(new Set(['401 UNAUTHENTICATED']));
  });
});
