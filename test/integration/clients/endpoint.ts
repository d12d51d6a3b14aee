import { modules } from '../../../src/modules/index.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

/** A tenant's endpoint, as a front end's client is told it. */
export interface Endpoint extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly url: string;
  /** An accountant's. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The reference domain in one tenant, with customers of these names. */
export async function openEndpoint(
  names: readonly string[],
  settings: Record<string, string> = {},
): Promise<Endpoint> {
  const gateway = await startGateway({ modules, tenants: ['north'], settings });
  const create = `mutation Create($name: String!) {
    createCustomer(input: { name: $name, street: "s", postalCode: "p", city: "c", country: "CH" }) { customer { id } }
  }`;
  for (const name of names) {
    await gateway.ask({ tenant: 'north', as: 'accountant', query: create, variables: { name } });
  }
  return {
    gateway,
    url: `http://127.0.0.1:${gateway.port}/t/north/graphql`,
    headers: { authorization: `Bearer ${await gateway.token('accountant@north.example')}` },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** What a client sends to create a customer. */
export const address = { street: 'Mill Lane 1', postalCode: '8001', city: 'Zürich', country: 'CH' };
