import autocannon from 'autocannon';
import type { BenchIssuer } from './data/issuer.ts';
import type { Sent } from './requests.ts';

/** A request as autocannon sends it. */
type Prepared = autocannon.Request & { readonly headers: Record<string, string>; readonly body: string };

/** Signs tokens, one for each member of each tenant. */
export class Tokens {
  readonly #issuer: BenchIssuer;
  readonly #known = new Map<string, string>();

  constructor(issuer: BenchIssuer) {
    this.#issuer = issuer;
  }

  async of({ tenant, subject }: Sent): Promise<string> {
    const key = `${tenant} ${subject}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const token = await this.#issuer.sign(tenant, subject);
    this.#known.set(key, token);
    return token;
  }
}

export async function prepare(requests: readonly Sent[], tokens: Tokens): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const sent of requests) {
    prepared.push({
      method: 'POST',
      path: '/graphql',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        authorization: `Bearer ${await tokens.of(sent)}`,
        'x-tenant-id': sent.tenant,
      },
      body: sent.body,
    });
  }
  return prepared;
}

export interface Load {
  readonly port: number;
  readonly requests: readonly Prepared[];
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Sends requests as fast as they are answered. Each connection has requests of its own.
 *
 * @throws Error when any reply is none that was asked for: such rounds count for nothing
 */
export async function send({ port, requests, connections, seconds }: Load): Promise<LoadResult> {
  const share = Math.floor(requests.length / connections);
  let next = 0;
  const result = await autocannon({
    url: `http://127.0.0.1:${port}/graphql`,
    connections,
    duration: seconds,
    setupClient: (client) => {
      const from = share * next++;
      client.setRequests(requests.slice(from, from + share));
    },
    verifyBody: (body) => !(body as string).includes('"errors"'),
  });
  const { non2xx, errors, timeouts, mismatches } = result;
  if (non2xx + errors + timeouts + mismatches > 0) {
    throw new Error(
      `Of ${result.requests.total} replies ${non2xx} had a bad status, ${mismatches} errors in them; ${errors} never came, ${timeouts} not in time.`,
    );
  }
  const { total } = result.requests;
  return {
    requests: total,
    perSecond: total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}

/** One request, and the data of its reply. @throws Error when there is an error in it */
export async function ask(port: number, { headers, body }: Prepared): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body });
  const text = await response.text();
  const reply: { data?: unknown; errors?: unknown } = text.startsWith('{') ? JSON.parse(text) : {};
  if (!reply.data || reply.errors) throw new Error(`${response.status} ${text.slice(0, 500)}`);
  return reply.data;
}
