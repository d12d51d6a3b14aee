import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import { CREATE_CUSTOMER, CREATE_DRAFT, ISSUE_INVOICE } from '../../client/documents.ts';
import { execute } from '../../client/execute.ts';
import type { TypedDocumentString } from '../../client/gql/graphql.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

describe('round trips to the database', () => {
  let proxy: TcpProxy;
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      modules,
      async through(url) {
        proxy = await startTcpProxy(url);
        return proxy.through(url);
      },
    });
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  /** The data of the reply, and how often the database was asked for an answer. */
  async function counted<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
  ): Promise<{ data: Result; trips: number }> {
    const before = proxy.sent.length;
    const { body } = await execute(gateway, document, variables, { tenant: 'north', as: 'accountant' });
    if (!body.data) throw new Error(`There is no data in the reply: ${JSON.stringify(body)}`);
    const trips = proxy.sent.slice(before).filter(({ type }) => type === 'S').length;
    return { data: body.data, trips };
  }

  test('[DO PR] a draft is four: the invoice, its lines, the event with what is read back, COMMIT', async () => {
    const { data } = await counted(CREATE_CUSTOMER, { name: 'Buyer' });
    const { trips } = await counted(CREATE_DRAFT, { customerId: data.createCustomer.customer.id });
    expect(trips).toBe(4);
  });

  test('[DO PR] to issue it is seven: its mail and its event take none of their own', async () => {
    const { data } = await counted(CREATE_CUSTOMER, { name: 'Payer' });
    const draft = await counted(CREATE_DRAFT, { customerId: data.createCustomer.customer.id });
    const { trips } = await counted(ISSUE_INVOICE, { input: { id: draft.data.createInvoice.invoice.id } });
    expect(trips).toBe(7);
  });
});
