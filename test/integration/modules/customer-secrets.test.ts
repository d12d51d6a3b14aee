import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modules } from '../../../src/modules/index.ts';
import { DOORS, startGateway, type TestGateway, uniqueKey } from '../../support/gateway.ts';
import {
  findTraces,
  logEverything,
  type Places,
  readDatabase,
  readProcesses,
  readServerLog,
} from '../../support/traces.ts';

/** Values that occur nowhere else. */
const MARKED = {
  taxId: 'CHE-114.587.923 MWST',
  iban: 'CH9300762011623852957',
  laterTaxId: 'ATU61743285',
  laterIban: 'DE89370400440532013000',
  literalTaxId: 'FR83404833048',
  malformedTaxId: 'IT!0074381!0157',
  malformedIban: 'GB33BUKB20201555555556',
  wrongType: 'NL004495445B01',
  unparsed: 'PL8567346215',
  refusedTaxId: 'ESX9999123R7',
  rolledBack: 'BE0428759497',
};
const CREATE = `mutation Create($taxId: String, $bankAccount: String, $city: String = "Zürich") {
  createCustomer(input: { name: "Alpenblick", street: "Mill Lane 1", postalCode: "8001", city: $city, country: "CH",
    taxId: $taxId, bankAccount: $bankAccount }) { customer { id version taxId bankAccount } }
}`;
const UPDATE = `mutation Update($id: ID!, $version: Int!, $taxId: String, $bankAccount: String) {
  updateCustomer(input: { id: $id, version: $version, taxId: $taxId, bankAccount: $bankAccount }) {
    customer { id version taxId bankAccount }
  }
}`;
const CHANGE_CITY = `mutation City($id: ID!, $version: Int!) {
  updateCustomer(input: { id: $id, version: $version, city: "Bern" }) { customer { version taxId bankAccount } }
}`;

interface Shown {
  id: string;
  version: number;
  taxId: string | null;
  bankAccount: string | null;
}
type Payload = Record<'createCustomer' | 'updateCustomer', { customer: Shown }>;

describe.each(DOORS)('customers’ secrets (doors: %s)', (doors) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ modules, doors, settings: { INSULA_LOG_LEVEL: 'trace' } });
    await logEverything(gateway.database.adminUrl);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const ask = (
    query: string,
    variables: object = {},
    as = 'accountant',
    headers: Record<string, string> = {},
  ) => gateway.ask<Payload>({ tenant: 'north', as, query, variables, headers });
  const create = async (taxId: string | null = null, bankAccount: string | null = null) => {
    const { body } = await ask(CREATE, { taxId, bankAccount });
    expect(body.errors).toBeUndefined();
    const customer = body.data?.createCustomer.customer;
    if (!customer) throw new Error('No customer was created.');
    return customer;
  };

  test('[DS] are shown to those who may see them, on every path', async () => {
    const created = await create(MARKED.taxId, ' ch93 0076 2011 6238 5295 7 ');
    expect(created).toMatchObject({ taxId: MARKED.taxId, bankAccount: MARKED.iban });
    const reply = await gateway.ask({
      tenant: 'north',
      query: `query ($id: ID!) { customer(id: $id) { taxId } node(id: $id) { ... on Customer { bankAccount } } }`,
      variables: { id: created.id },
    });
    expect(reply.body.data).toEqual({
      customer: { taxId: MARKED.taxId },
      node: { bankAccount: MARKED.iban },
    });
  });

  test('[DS] can be changed and taken away; what is left out stays', async () => {
    const { id, version } = await create(MARKED.taxId, MARKED.iban);
    const change = async (query: string, variables: object) =>
      (await ask(query, { id, ...variables })).body.data?.updateCustomer.customer;
    const later = { taxId: MARKED.laterTaxId, bankAccount: MARKED.laterIban };
    expect(await change(UPDATE, { version, ...later })).toMatchObject(later);
    expect(await change(CHANGE_CITY, { version: 2 })).toMatchObject(later);
    const nothing = { taxId: null, bankAccount: null };
    expect(await change(UPDATE, { version: 3, ...nothing })).toMatchObject({ ...nothing, version: 4 });
  });

  test.each(['viewer', 'admin'])('[DS AZ] are not shown to the %s', async (as) => {
    const query = '{ customers(first: 1) { nodes { name taxId } } }';
    const reply = await gateway.ask({ tenant: 'north', as, query });
    expect([reply.status, reply.code]).toEqual([403, 'FORBIDDEN']);
    expect((await gateway.logLine(reply)).statements).toBe(0);
    expect(
      (await gateway.ask({ tenant: 'north', as, query: '{ customers { nodes { name } } }' })).status,
    ).toBe(200);
  });

  test('[DS AZ] can’t be set by who may write customers but not see secrets', async () => {
    const customer = `name: "A", street: "B", postalCode: "C", city: "D", country: "CH"`;
    const add = (more: string) =>
      ask(`mutation { createCustomer(input: { ${customer} ${more} }) { customer { name } } }`, {}, 'admin');
    expect((await add('')).status).toBe(200);
    const refused = await add(`taxId: "${MARKED.refusedTaxId}"`);
    expect([refused.status, refused.code]).toEqual([403, 'FORBIDDEN']);
    expect((await add('bankAccount: null')).code).toBe('FORBIDDEN');
  });

  test('[DS DV] are validated, and the faults do not repeat them', async () => {
    const reply = await ask(CREATE, { taxId: MARKED.malformedTaxId, bankAccount: MARKED.malformedIban });
    expect(reply.code).toBe('BAD_USER_INPUT');
    const issues = reply.body.errors?.[0]?.extensions?.issues ?? [];
    expect(issues.map(({ path }) => path)).toEqual([
      ['input', 'taxId'],
      ['input', 'bankAccount'],
    ]);
    expect(findTraces(MARKED, { reply: reply.text })).toEqual([]);
  });

  test('[DS SC] a stored reply is the same, yet nobody reads it in the table', async () => {
    const headers = { 'idempotency-key': uniqueKey() };
    const variables = { taxId: MARKED.taxId, bankAccount: MARKED.iban };
    const first = await ask(CREATE, variables, 'accountant', headers);
    const second = await ask(CREATE, variables, 'accountant', headers);
    expect(first.text).toContain(MARKED.taxId);
    expect(second.text).toBe(first.text);
    expect((await gateway.logLine(second)).replayed).toBe(true);
    const [row] = await gateway.rows<{ reply: unknown }>(
      'north',
      'select reply from idempotency where key = $1',
      [headers['idempotency-key']],
    );
    expect(row?.reply).toMatch(/^v1:[\w-]+$/);
  });

  test('[DS] their plain text is in the API alone, whatever went wrong', async () => {
    await create(MARKED.taxId, MARKED.iban);
    await ask(CREATE.replace('$taxId,', `"${MARKED.literalTaxId}",`), { bankAccount: MARKED.iban });
    // Refused: a value of the wrong type, a document that ends too early, a text where a number is due.
    expect((await ask(CREATE, { taxId: [MARKED.wrongType] })).code).toBe('BAD_USER_INPUT');
    expect((await ask(`mutation { createCustomer(input: { taxId: "${MARKED.unparsed}" `)).code).toBe(
      'GRAPHQL_PARSE_FAILED',
    );
    expect((await ask(`{ customers(first: "${MARKED.unparsed}") { totalCount } }`)).code).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    // Refused by the database: a rule of the table, and then a table that is not as it should be.
    await gateway.rows('north', `alter table customer add constraint elsewhere check (city <> 'Atlantis')`);
    const variables = { taxId: MARKED.rolledBack, bankAccount: MARKED.iban };
    expect((await ask(CREATE, { ...variables, city: 'Atlantis' })).code).toBe('CONSTRAINT_VIOLATION');
    await gateway.rows('north', 'alter table customer rename tax_id to tax_id_gone');
    expect((await ask(CREATE, variables)).code).toBe('INTERNAL');
    await gateway.rows('north', 'alter table customer rename tax_id_gone to tax_id');

    const metrics = await gateway.send({ method: 'GET', path: '/metrics' });
    const database = await readDatabase(gateway.database.adminUrl);
    const places: Places = {
      ...database,
      'the gateway’s log': JSON.stringify(gateway.log),
      'PostgreSQL’s log': await readServerLog(gateway.database.adminUrl),
      metrics: metrics.text,
      ...readProcesses(),
    };
    // What is looked through is what it should be.
    const { north } = gateway.tenants;
    for (const table of ['customer', 'audit', 'idempotency'])
      expect(places[`${north}.${table}`]).toContain('v1:');
    expect(places['PostgreSQL’s log']).toMatch(/insert into "customer".*\n.*parameters: .*v1:/i);
    expect(places.metrics).toContain('insula_request_duration_seconds');
    expect(places['the gateway’s log']).toContain('tax_id');
    expect(Object.keys(places)).toEqual(expect.arrayContaining(['insula.outbox', 'insula.wrapped_key']));
    expect(findTraces(MARKED, places)).toEqual([]);
  });
});
