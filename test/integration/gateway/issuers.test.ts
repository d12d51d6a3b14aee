import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addMember } from '../../../src/fleet/members.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';
import { AUDIENCE, type IssuerServer, newKey, startIssuer } from '../authentication/issuer-server.ts';

const BOTH = 'of-both@example.com';

describe.each(DOORS)('an issuer that is trusted for one tenant (doors: %s)', (doors) => {
  let issuer: IssuerServer;
  let gateway: TestGateway;
  beforeAll(async () => {
    issuer = await startIssuer(await newKey());
    const { url, jwksUri } = issuer;
    const trusted = { issuer: url, audience: AUDIENCE, jwksUri, tenants: ['north'] };
    gateway = await startGateway({
      modules: [createNotesModule()],
      doors,
      settings: { INSULA_ISSUERS: JSON.stringify([trusted]) },
    });
    const owner = new pg.Client({ connectionString: gateway.database.url('owner') });
    await owner.connect();
    for (const id of Object.values(gateway.tenants)) await addMember(owner, id, BOTH, ['viewer']);
    await owner.end();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  });

  async function ask(tenant: string) {
    const token = await issuer.token({ iss: issuer.url, aud: AUDIENCE, sub: BOTH });
    return gateway.send({
      host: `${tenant}.localhost`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { subject memberships { tenant } } }' }),
    });
  }

  test('[AN] lets its subjects into that tenant, and tells them nothing of their others', async () => {
    const reply = await ask('north');
    expect(reply.body).toEqual({ data: { viewer: { subject: BOTH, memberships: [{ tenant: 'north' }] } } });
  });

  test('[AN] lets nobody into another tenant', async () => {
    const reply = await ask('south');
    expect([reply.status, reply.code]).toEqual([403, 'NOT_A_MEMBER']);
  });
});
