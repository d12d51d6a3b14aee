import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { subscribe } from '../../support/event-stream.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { emptied, startTestWorker } from '../jobs/worker.ts';

describe('[DI] a stranger’s module on the platform alone', () => {
  const modules = [createNotesModule()];
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('[DI SL] has members, keys, an audit trail, subscriptions and jobs, and knows no invoice', async () => {
    const ask = (query: string, as = 'owner') => gateway.ask({ tenant: 'north', as, query });
    await using stream = await subscribe(gateway, {
      tenant: 'north',
      query: 'subscription { noteAdded { text } }',
    });
    const added = await ask('mutation { addAndAnnounce(text: "by a stranger") }');
    expect(added.body.data).toEqual({ addAndAnnounce: true });
    expect(await stream.next()).toEqual({ data: { noteAdded: { text: 'by a stranger' } } });

    const { body } = await ask(`{ viewer { subject } members { totalCount } apiKeys { totalCount }
      auditEvents(filter: { relation: "note" }) { nodes { actor } } }`);
    expect(body.data).toMatchObject({
      viewer: { subject: 'owner@north.example' },
      members: { totalCount: 4 },
      apiKeys: { totalCount: 0 },
      auditEvents: { nodes: [{ actor: 'user:owner@north.example' }] },
    });
    expect((await ask('{ invoices { totalCount } }')).status).toBe(400);

    await using worker = await startTestWorker(gateway, { modules });
    await emptied(gateway);
    expect(worker.lines().map(({ outcome }) => outcome)).toEqual(['done']);
  });
});
