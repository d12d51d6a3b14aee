import { type IncomingHttpHeaders, request } from 'node:http';

export interface RawRequest {
  readonly host: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** @default 'POST' */
  readonly method?: string;
  /** @default '/graphql' */
  readonly path?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface GraphQLReply<Data> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { data?: Data | null; errors?: ReplyError[] };
  /** The code of the first error. */
  readonly code: string | undefined;
}

export interface ReplyError {
  readonly message: string;
  readonly path?: (string | number)[];
  readonly extensions?: { readonly code?: string; readonly issues?: { path: unknown[]; message: string }[] };
}

/** Sends a request to this machine. `fetch` can't set a Host header, and Node does not resolve `*.localhost`. */
export function send<Data>(port: number, sent: RawRequest): Promise<GraphQLReply<Data>> {
  const { host, headers, body, signal, method = 'POST', path = '/graphql' } = sent;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: '127.0.0.1',
        method,
        path,
        headers: { host, ...headers },
        signal,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const parsed: GraphQLReply<Data>['body'] = text.startsWith('{') ? JSON.parse(text) : {};
          const { statusCode: status = 0, headers: replied } = incoming;
          resolve({
            status,
            headers: replied,
            text,
            body: parsed,
            code: parsed.errors?.[0]?.extensions?.code,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
