import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doors, type Gateway, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door });
  });
  afterAll(() => gateway.close());

  test('[RG] a query may have partial data: the status is 200, whatever the error’s own is', async () => {
    const reply = await gateway.ask('{ hello missing }');
    expect(reply).toMatchObject({
      status: 200,
      code: 'NOT_FOUND',
      body: { data: { hello: 'world', missing: null } },
    });
    expect(reply.body.errors).toEqual([
      {
        message: 'There is no such thing.',
        locations: [{ line: 1, column: 9 }],
        path: ['missing'],
        extensions: { code: 'NOT_FOUND' },
      },
    ]);
  });

  test.each([1, 2])(
    '[EH] an unexpected error is masked, and logged whole under the request id, time %i',
    async (turn) => {
      const id = `masked-${turn}-${door}`;
      const reply = await gateway.ask('{ hello boom }', {}, { 'x-request-id': id });
      expect(reply).toMatchObject({
        status: 200,
        code: 'INTERNAL',
        body: { data: { hello: 'world', boom: null } },
      });
      expect(reply.text).not.toContain('private');
      expect(reply.text).not.toContain('stack');
      expect(
        gateway.lines.find(({ requestId, msg }) => requestId === id && msg === 'unexpected error'),
      ).toMatchObject({
        level: 50,
        path: ['boom'],
        err: { type: 'Error', message: 'a private detail', stack: expect.stringContaining('schema.ts') },
      });
    },
  );

  test.each([1, 2])('[RG] where no data is left the status says why, time %i', async () => {
    const reply = await gateway.ask('{ hello boomNonNull }');
    expect(reply).toMatchObject({ status: 500, code: 'INTERNAL', body: { data: null } });
    expect(await gateway.send({ query: '{ boomNonNull }' }, { accept: 'application/json' })).toMatchObject({
      status: 500,
    });
  });

  test.each([1, 2])(
    '[EH] a value of ours that does not fit its type is our fault, and is not shown, time %i',
    async () => {
      const reply = await gateway.ask('{ tooLarge }');
      expect(reply).toMatchObject({ code: 'INTERNAL' });
      expect(reply.text).not.toContain('5000000000');
    },
  );

  test('[RG] nothing about HTTP stands in the reply', async () => {
    for (const query of ['{', '{ nope }', '{ missing }', 'mutation { fail }']) {
      expect((await gateway.ask(query)).text).not.toMatch(/"http"|"spec"|"headers"/);
    }
  });
});
