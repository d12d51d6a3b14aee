import { afterAll, beforeAll, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import { CreateCustomerDocument } from '../../client/gql/graphql.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    modules,
    settings: {
      INSULA_TRUSTED_DOCUMENTS: 'test/client/gql/persisted-documents.json',
      INSULA_TRUSTED_DOCUMENTS_ONLY: 'true',
    },
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('[SM] a typed document runs by the id that the code generator gave it, where no other one does', async () => {
  const send = async (body: object) =>
    gateway.send({
      headers: {
        host: `north.localhost:${gateway.port}`,
        authorization: `Bearer ${await gateway.token('owner@north.example')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  const persistedQuery = { version: 1, sha256Hash: CreateCustomerDocument.__meta__?.['hash'] };
  const reply = await send({ variables: { name: 'Ada' }, extensions: { persistedQuery } });
  expect(reply.body.data).toMatchObject({ createCustomer: { customer: { name: 'Ada' } } });
  const refused = await send({ query: String(CreateCustomerDocument), variables: { name: 'Ada' } });
  expect(refused.code).toBe('DOCUMENT_NOT_TRUSTED');
});
