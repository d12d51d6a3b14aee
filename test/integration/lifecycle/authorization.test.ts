import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors, type Gateway, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door });
  });
  afterAll(() => gateway.close());

  const viewer = { authorization: 'Bearer viewer' };

  test('[AZ] who has the permission gets the field', async () => {
    expect(await gateway.ask('{ secret }')).toMatchObject({
      status: 200,
      body: { data: { secret: 'told' } },
    });
  });

  test('[AZ] one denied field refuses the whole operation, with an error for each and before anything runs', async () => {
    const before = gateway.facts.length;
    for (let turn = 0; turn < 2; turn++) {
      const reply = await gateway.ask('{ hello mine: secret hidden { value other } }', {}, viewer);
      expect(reply).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(reply.body).not.toHaveProperty('data');
      expect(reply.body.errors?.map(({ path }) => path)).toEqual([
        ['mine'],
        ['hidden', 'value'],
        ['hidden', 'other'],
      ]);
      expect(reply.body.errors?.[0]?.message).toContain('"secret:read"');
    }
    expect(gateway.facts.length).toBe(before);
  });

  test('[AZ] the same document is decided for each caller anew', async () => {
    const query = 'query Decide { secret }';
    expect(await gateway.ask(query)).toMatchObject({ status: 200 });
    expect(await gateway.ask(query, {}, viewer)).toMatchObject({ status: 403 });
    expect(await gateway.ask(query)).toMatchObject({ status: 200 });
  });

  test('[AZ] a denied field inside a fragment is found', async () => {
    const query = '{ ...F } fragment F on Query { ... on Query { secret } }';
    expect(await gateway.ask(query, {}, viewer)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  test('[AZ] a denied field counts only where it takes part', async () => {
    const query = 'query ($with: Boolean!) { hello secret @include(if: $with) }';
    expect(await gateway.ask(query, { variables: { with: false } }, viewer)).toMatchObject({ status: 200 });
    expect(await gateway.ask(query, { variables: { with: true } }, viewer)).toMatchObject({ status: 403 });
  });

  test('[AZ] a denied mutation writes nothing, its permitted fields neither', async () => {
    const before = gateway.store.count;
    const reply = await gateway.ask('mutation { add(number: 5) secretAdd }', {}, viewer);
    expect(reply).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(gateway.store.count).toBe(before);
  });

  test('[AZ] a refusal is a 403 whatever the client accepts', async () => {
    const reply = await gateway.send({ query: '{ secret }' }, { ...viewer, accept: 'application/json' });
    expect(reply).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
});
