import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Ask, ReplyError, TestGateway } from './gateway.ts';

/** What one event carries. */
export interface EventResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly ReplyError[];
}

export interface SubscribeOptions extends Ask {
  /** @default 'POST' */
  readonly method?: 'GET' | 'POST';
  /** @default that of the user */
  readonly token?: string;
}

/** The client's side of server-sent events. */
export class EventStream implements AsyncDisposable {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #incoming: IncomingMessage;
  #text = '';
  #read = 0;
  #ended = false;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    this.status = incoming.statusCode ?? 0;
    this.headers = incoming.headers;
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      this.#text += chunk;
    });
    for (const event of ['end', 'close', 'error']) incoming.on(event, () => this.#end());
  }

  #end(): void {
    this.#ended = true;
  }

  /** All that came, comments too. */
  get text(): string {
    return this.#text;
  }

  /** The connection, or the reply on it, has ended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The last event was `complete`. */
  get complete(): boolean {
    return this.#text.endsWith('event: complete\ndata:\n\n');
  }

  get code(): string | undefined {
    return this.results.findLast(({ errors }) => errors)?.errors?.[0]?.extensions?.code;
  }

  /** All results so far. */
  get results(): EventResult[] {
    return [...this.#text.matchAll(/^event: next\ndata: (.*)\n\n/gm)].map(([, json = '']) =>
      JSON.parse(json),
    );
  }

  /** The next result. @throws Error when it takes too long */
  async next(milliseconds = 3_000): Promise<EventResult> {
    const index = this.#read++;
    await this.#until(() => this.results.length > index, milliseconds, `There is no event ${index}`);
    return this.results[index] ?? {};
  }

  /** Waits for the end of the stream. @returns the milliseconds that it took */
  async end(milliseconds = 3_000): Promise<number> {
    const began = performance.now();
    await this.#until(() => this.#ended, milliseconds, 'The stream did not end');
    return performance.now() - began;
  }

  /** Reads nothing any more, until `resume`. */
  pause(): void {
    this.#incoming.pause();
  }

  resume(): void {
    this.#incoming.resume();
  }

  async #until(condition: () => boolean, milliseconds: number, complaint: string): Promise<void> {
    const deadline = performance.now() + milliseconds;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`${complaint}: ${this.#text.slice(-500)}`);
      await delay(5);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#incoming.destroy();
    while (!this.#ended) await delay(1);
  }
}

/** Subscribes as a client would; resolves with the reply's head. */
export async function subscribe(
  { port, token: tokenOf }: Pick<TestGateway, 'port' | 'token'>,
  { tenant, as = 'owner', headers, method = 'POST', token, ...body }: SubscribeOptions,
): Promise<EventStream> {
  const bearer = token ?? (as === null ? undefined : await tokenOf(`${as}@${tenant}.example`));
  const { query, operationName, variables } = body;
  const search = new URLSearchParams({
    query,
    ...(operationName !== undefined && { operationName }),
    ...(variables !== undefined && { variables: JSON.stringify(variables) }),
  });
  const { promise, resolve, reject } = Promise.withResolvers<EventStream>();
  const outgoing = request(
    {
      port,
      host: '127.0.0.1',
      method,
      path: method === 'GET' ? `/graphql?${search}` : '/graphql',
      agent: false,
      headers: {
        host: `${tenant}.localhost:${port}`,
        accept: 'text/event-stream',
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
    },
    (incoming) => resolve(new EventStream(incoming)),
  );
  outgoing.on('error', reject);
  outgoing.end(method === 'POST' ? JSON.stringify(body) : undefined);
  return promise;
}
