/** One GraphQL request, sent again and again with other variables. */
export interface Request {
  readonly title: string;
  readonly source: string;
  /** @param random gives a whole number from 0 to below its argument */
  variables(random: (below: number) => number): Readonly<Record<string, unknown>>;
}

const invoice = 'id number status total issuedAt';
const customer = 'id name email credit';
const line = 'id description quantity unitCents';

export const requests = {
  one: {
    title: 'one row',
    source: `query ($id: Int!) { invoice(id: $id) { ${invoice} } }`,
    variables: (random) => ({ id: 1 + random(20_000) }),
  },
  list: {
    title: '20 × customer × 3 lines',
    source: `query ($offset: Int!) {
      invoices(first: 20, offset: $offset) { ${invoice} customer { ${customer} } lines { ${line} } }
    }`,
    variables: (random) => ({ offset: random(1000) }),
  },
  page: {
    title: 'page of 50 with count',
    source: `query ($status: String!) {
      page(first: 50, status: $status) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { ${invoice} customer { ${customer} } } }
      }
    }`,
    variables: (random) => ({ status: ['draft', 'issued', 'paid'][random(3)] }),
  },
  levels: {
    title: 'four levels',
    source: `query ($offset: Int!) {
      customers(first: 10, offset: $offset) {
        ${customer}
        invoices { ${invoice} lines { ${line} allocations { id method amount paidAt } } }
      }
    }`,
    variables: (random) => ({ offset: random(4000) }),
  },
} satisfies Record<string, Request>;

export type RequestName = keyof typeof requests;

/** The same numbers for each peer (Lehmer's generator). */
export function randomFrom(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
