import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import { subscribe } from '../../support/event-stream.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const CHANGED = `subscription Changed($status: [InvoiceStatus!]) {
  invoiceChanged(status: $status) { id number status customer { name } lines { description } gross { amount } }
}`;

describe.each(DOORS)('invoiceChanged (doors: %s)', (doors) => {
  let gateway: TestGateway;
  let beside: TestGateway;
  let customer: string;
  beforeAll(async () => {
    gateway = await startGateway({ modules, doors });
    beside = await startGateway({ modules, doors, beside: gateway });
    customer = await change(
      `mutation { change: createCustomer(input: {
        name: "Mill", street: "a 1", postalCode: "1", city: "b", country: "CH" }) { it: customer { id } } }`,
    );
  });
  afterAll(async () => {
    await beside[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  async function change(query: string, variables: object = {}): Promise<string> {
    const { body } = await gateway.ask<{ change: { it: { id: string } } }>({
      tenant: 'north',
      as: 'accountant',
      query,
      variables,
    });
    expect(body.errors).toBeUndefined();
    return String(body.data?.change.it.id);
  }
  const draft = () =>
    change(
      `mutation Draft($customerId: ID!) { change: createInvoice(input: { customerId: $customerId, currency: "EUR",
        lines: [{ description: "Work", quantity: 1, unitPrice: 100, taxRate: 0 }] }) { it: invoice { id } } }`,
      { customerId: customer },
    );
  const issue = (id: string) =>
    change('mutation Issue($id: ID!) { change: issueInvoice(input: { id: $id }) { it: invoice { id } } }', {
      id,
    });
  const pay = (id: string) =>
    change(
      `mutation Pay($id: ID!) { change: recordPayment(input: {
        invoiceId: $id, amount: 100, receivedOn: "2026-03-01" }) { it: payment { id } } }`,
      { id },
    );
  const cancel = (id: string) =>
    change('mutation Void($id: ID!) { change: voidInvoice(input: { id: $id }) { it: invoice { id } } }', {
      id,
    });

  test('[RD BL] tells of a draft, its issue, its payment; and of what was voided', async () => {
    await using stream = await subscribe(beside, { tenant: 'north', query: CHANGED });
    const id = await draft();
    expect(await stream.next()).toEqual({
      data: {
        invoiceChanged: {
          id,
          number: null,
          status: 'DRAFT',
          customer: { name: 'Mill' },
          lines: [{ description: 'Work' }],
          gross: { amount: 100 },
        },
      },
    });
    await issue(id);
    expect(await stream.next()).toMatchObject({
      data: { invoiceChanged: { id, status: 'ISSUED', number: expect.stringMatching(/^\d{4}-\d{4}$/) } },
    });
    await pay(id);
    expect(await stream.next()).toMatchObject({ data: { invoiceChanged: { id, status: 'PAID' } } });
    const other = await draft();
    await stream.next();
    await issue(other);
    await stream.next();
    await cancel(other);
    expect(await stream.next()).toMatchObject({ data: { invoiceChanged: { id: other, status: 'VOID' } } });
  });

  test('[AZ] a viewer hears nothing of a draft, and of the invoice when it is issued', async () => {
    await using viewer = await subscribe(gateway, { tenant: 'north', query: CHANGED, as: 'viewer' });
    const id = await draft();
    await delay(600);
    expect(viewer.results).toEqual([]);
    await issue(id);
    expect(await viewer.next()).toMatchObject({ data: { invoiceChanged: { id, status: 'ISSUED' } } });
    expect(viewer.text).not.toContain('DRAFT');
  });

  test('[RD] with a status, tells only of invoices that are in it', async () => {
    const variables = { status: ['PAID', 'VOID'] };
    await using stream = await subscribe(gateway, { tenant: 'north', query: CHANGED, variables });
    await using all = await subscribe(gateway, { tenant: 'north', query: CHANGED });
    const id = await draft();
    await all.next();
    await issue(id);
    await all.next();
    await cancel(id);
    expect(await stream.next()).toMatchObject({ data: { invoiceChanged: { id, status: 'VOID' } } });
    await all.next();
    expect(stream.results).toHaveLength(1);
  });

  test('[DV] a status that does not exist is refused before the stream begins', async () => {
    const variables = { status: ['LOST'] };
    await using stream = await subscribe(gateway, { tenant: 'north', query: CHANGED, variables });
    await stream.end();
    expect([stream.status, JSON.parse(stream.text).errors[0].extensions.code]).toEqual([
      400,
      'BAD_USER_INPUT',
    ]);
  });
});
