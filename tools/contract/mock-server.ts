import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  type DocumentNode,
  type GraphQLFormattedError,
  getOperationAST,
  parse,
  print,
  validate,
} from 'graphql';
import { type Operation, type RealPart, realPart } from './forward.ts';
import { createMerge, type Merge, type RealResult } from './merge.ts';
import type { Contract } from './proposals.ts';

export interface MockOptions {
  readonly contract: Contract;
  /** Where the gateway is, such as `http://localhost:4000`. */
  readonly gateway: URL;
}

/** What the gateway replied; null when it can't be reached. */
type Reply = { readonly message: IncomingMessage; readonly body: Buffer } | null;

/**
 * The gateway with what is promised on top: one endpoint, with the gateway's own addresses, callers and refusals. An
 * operation that uses nothing promised reaches the gateway as it came, and so does whatever else is not GraphQL. Of the
 * others the gateway answers the part that is built, as one operation, and the rest is mocked.
 */
export function createMockServer({ contract, gateway }: MockOptions): Server {
  const merge = createMerge(contract);
  return createServer(async (req, res) => {
    try {
      const sent = await buffer(req);
      const wanted = req.method === 'POST' ? readOperation(sent) : undefined;
      if (!wanted) return pass(req, sent, gateway, res);
      const invalid = validate(contract.whole, wanted.document).map((error) => error.toJSON());
      if (invalid.length > 0) return fail(res, 400, invalid);
      const real = realPart(wanted, contract);
      if (real.whole) return pass(req, sent, gateway, res);
      await answer({ req, res, wanted, real, gateway, merge });
    } catch (error) {
      fail(res, 500, [{ message: String(error), extensions: { code: 'MOCK_FAILED' } }]);
    }
  });
}

interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly wanted: Operation;
  readonly real: RealPart;
  readonly gateway: URL;
  readonly merge: Merge;
}

async function answer({ req, res, wanted, real, gateway, merge }: Exchange): Promise<void> {
  if (wanted.operation.operation === 'subscription') {
    return fail(res, 400, [
      { message: 'A promised subscription is not mocked.', extensions: { code: 'NOT_MOCKED' } },
    ]);
  }
  const reply = await ask(req, real, gateway);
  if (!reply && !real.empty) return fail(res, 502, [unreachable(gateway)]);
  const result = reply ? resultOf(reply) : {};
  if (reply && !result?.data) return send(res, reply);
  const merged = await merge(wanted, result ?? {});
  const headers = reply ? headersOf(reply.message) : { 'content-type': 'application/json; charset=utf-8' };
  res.writeHead(reply?.message.statusCode ?? 200, headers).end(JSON.stringify(merged));
}

/** @returns undefined for what is not one operation of a document that can be read: the gateway says what is wrong. */
function readOperation(body: Buffer): Operation | undefined {
  try {
    const { query, variables, operationName }: Record<string, unknown> = JSON.parse(body.toString());
    const document: DocumentNode = parse(String(query));
    const operation = getOperationAST(
      document,
      typeof operationName === 'string' ? operationName : undefined,
    );
    return operation ? { document, operation, variables: { ...Object(variables) } } : undefined;
  } catch {
    return undefined;
  }
}

function ask(
  req: IncomingMessage,
  { document, operation, variables, empty }: RealPart,
  gateway: URL,
): Promise<Reply> {
  const query = empty ? '{ __typename }' : print(document);
  const body = JSON.stringify({ query, ...(!empty && { variables, operationName: operation.name?.value }) });
  const { 'content-length': _length, 'accept-encoding': _encoding, accept = '', ...headers } = req.headers;
  return new Promise((resolve) => {
    const outgoing = request(
      gateway,
      {
        method: 'POST',
        path: req.url,
        headers: {
          ...headers,
          accept: accept.includes('event-stream') ? 'application/json' : accept || '*/*',
        },
      },
      async (message) => resolve({ message, body: await buffer(message) }),
    );
    outgoing.on('error', () => resolve(null));
    outgoing.end(body);
  });
}

function pass(req: IncomingMessage, body: Buffer, gateway: URL, res: ServerResponse): void {
  const { method, url, headers } = req;
  const outgoing = request(gateway, { method, path: url, headers }, (message) => {
    res.writeHead(message.statusCode ?? 502, message.headers);
    message.pipe(res);
    res.on('close', () => message.destroy());
  });
  outgoing.on('error', () => fail(res, 502, [unreachable(gateway)]));
  outgoing.end(body);
}

function resultOf({ body }: NonNullable<Reply>): RealResult | undefined {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function send(res: ServerResponse, { message, body }: NonNullable<Reply>): void {
  res.writeHead(message.statusCode ?? 502, headersOf(message)).end(body);
}

function headersOf({ headers }: IncomingMessage) {
  const {
    'content-length': _length,
    'transfer-encoding': _encoding,
    connection: _connection,
    ...kept
  } = headers;
  return kept;
}

function unreachable({ origin }: URL): GraphQLFormattedError {
  return {
    message: `There is no gateway at ${origin}: run "npm start", or name it with --gateway.`,
    extensions: { code: 'GATEWAY_UNREACHABLE' },
  };
}

function fail(res: ServerResponse, status: number, errors: readonly GraphQLFormattedError[]): void {
  if (res.headersSent) return void res.destroy();
  res
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify({ errors }));
}
