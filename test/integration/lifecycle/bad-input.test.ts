import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RawStep, rawRequest } from '../../support/raw-http.ts';
import { type Gateway, type Reply, readReply, startGateway } from './gateway.ts';

/**
 * One table of requests that nobody should send. For each: the status and the code that it gets, that both doors
 * answer the same byte for byte (but for ids and times), that nothing internal shows, and that the gateway goes on.
 */
const json = {
  'content-type': 'application/json',
  authorization: 'Bearer owner',
  'x-tenant-id': 'acme',
  accept: 'application/graphql-response+json',
};
const post = (body: unknown, headers: Record<string, string> = {}, path = '/graphql') =>
  rawRequest(
    `POST ${path}`,
    { ...json, ...headers },
    typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  );
const get = (parameters: string, headers: Record<string, string> = {}) => {
  const { 'content-type': _, ...head } = json;
  return rawRequest(`GET /graphql${parameters}`, { ...head, ...headers });
};
const megabyte = 'x'.repeat(900_000);
const two = 'query A { hello } mutation B { add(number: 1) }';

const cases: readonly (readonly [
  name: string,
  request: RawStep,
  status: number,
  code: string | undefined,
])[] = [
  ['an empty body', post(''), 400, 'BAD_REQUEST'],
  ['a body that is not JSON', post('{oops'), 400, 'BAD_REQUEST'],
  ['JSON null', post('null'), 400, 'BAD_REQUEST'],
  ['a JSON string', post('"{ hello }"'), 400, 'BAD_REQUEST'],
  ['a JSON number', post('5'), 400, 'BAD_REQUEST'],
  ['a batch', post([{ query: '{ hello }' }]), 400, 'BAD_REQUEST'],
  ['an empty batch', post('[]'), 400, 'BAD_REQUEST'],
  ['arrays as deep as a well', post(`${'['.repeat(200_000)}${']'.repeat(200_000)}`), 400, 'BAD_REQUEST'],
  ['a body that is not UTF-8', post(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])), 400, 'BAD_REQUEST'],
  ['a NUL byte in the JSON', post('{"query":"{ hello }\0"}'), 400, 'BAD_REQUEST'],
  ['a NUL byte in the document', post('{"query":"{ hello \\u0000 }"}'), 400, 'GRAPHQL_PARSE_FAILED'],
  ['no query', post({}), 400, 'BAD_REQUEST'],
  ['a query that is a number', post({ query: 5 }), 400, 'BAD_REQUEST'],
  ['an empty query', post({ query: '' }), 400, 'BAD_REQUEST'],
  ['a parameter that there is not', post({ query: '{ hello }', doc_id: '1' }), 400, 'BAD_REQUEST'],
  ['variables that are a string', post({ query: '{ hello }', variables: 'x' }), 400, 'BAD_REQUEST'],
  ['variables that are an array', post({ query: '{ hello }', variables: [1] }), 400, 'BAD_REQUEST'],
  ['extensions that are a string', post({ query: '{ hello }', extensions: 'x' }), 400, 'BAD_REQUEST'],
  [
    'an operation name that is an object',
    post({ query: '{ hello }', operationName: {} }),
    400,
    'BAD_REQUEST',
  ],
  ['an unknown operation name', post({ query: two, operationName: 'C' }), 400, 'OPERATION_NOT_FOUND'],
  [
    'an operation name of a megabyte',
    post({ query: two, operationName: megabyte }),
    400,
    'OPERATION_NOT_FOUND',
  ],
  ['an operation name with a NUL', post({ query: two, operationName: 'A\0' }), 400, 'OPERATION_NOT_FOUND'],
  ['two operations and no name', post({ query: two }), 400, 'OPERATION_NOT_FOUND'],
  ['a document of a megabyte', post({ query: `{ hello } # ${megabyte}` }), 400, 'LIMIT_EXCEEDED'],
  [
    'a string of a megabyte in the document',
    post({ query: `{ echo(text: "${megabyte}") }` }),
    400,
    'LIMIT_EXCEEDED',
  ],
  [
    'a string of a megabyte as a number',
    post({ query: 'query ($n: Int!) { twice(number: $n) }', variables: { n: megabyte } }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'a string of a megabyte that fits',
    post({ query: 'query ($t: String) { echo(text: $t) }', variables: { t: megabyte } }),
    200,
    undefined,
  ],
  ['ten thousand levels', post({ query: '{a'.repeat(10_000) }), 400, 'LIMIT_EXCEEDED'],
  ['a name of wide characters', post({ query: '{ ｈｅｌｌｏ }' }), 400, 'GRAPHQL_PARSE_FAILED'],
  ['a mutation by GET', get('?query=mutation%7Badd(number%3A1)%7D'), 405, 'METHOD_NOT_ALLOWED'],
  [
    'the mutation of two operations by GET',
    get(`?operationName=B&query=${encodeURIComponent(two)}`),
    405,
    'METHOD_NOT_ALLOWED',
  ],
  ['a GET without a query', get(''), 400, 'BAD_REQUEST'],
  ['a GET with malformed variables', get('?query=%7Bhello%7D&variables=%7B'), 400, 'BAD_REQUEST'],
  ['a GET with malformed escapes', get('?query=%E0%A4%A'), 400, 'GRAPHQL_PARSE_FAILED'],
  ['a GET with an array of variables', get('?query=%7Bhello%7D&variables=%5B%5D'), 400, 'BAD_REQUEST'],
  [
    'text/plain',
    post({ query: '{ hello }' }, { 'content-type': 'text/plain' }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'an upload',
    post('--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'two content types',
    post({ query: '{ hello }' }, { 'content-type': 'application/json, text/plain' }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['a token cut short', post({ query: '{ hello }' }, { authorization: 'Bearer owne' }), 403, 'NOT_A_MEMBER'],
  [
    'no token but the word',
    post({ query: '{ hello }' }, { authorization: 'Bearer ' }),
    401,
    'UNAUTHENTICATED',
  ],
  ['a tenant with a quote', post({ query: '{ hello }' }, { 'x-tenant-id': "acme'--" }), 403, 'NOT_A_MEMBER'],
  ['a tenant with dots', post({ query: '{ hello }' }, { 'x-tenant-id': 'acme.evil' }), 403, 'NOT_A_MEMBER'],
  ['a tenant that climbs', post({ query: '{ hello }' }, { 'x-tenant-id': '../acme' }), 403, 'NOT_A_MEMBER'],
  [
    'a tenant of 300 characters',
    post({ query: '{ hello }' }, { 'x-tenant-id': 'a'.repeat(300) }),
    403,
    'NOT_A_MEMBER',
  ],
  [
    'two tenants in one header',
    post({ query: '{ hello }' }, { 'x-tenant-id': 'acme\r\nx-tenant-id: globex' }),
    403,
    'NOT_A_MEMBER',
  ],
  ['a path that climbs', post({ query: '{ hello }' }, {}, '/t/../graphql'), 403, 'TENANT_MISMATCH'],
  [
    'an encoded slash in the path',
    post({ query: '{ hello }' }, {}, '/t/a%2Fb/graphql'),
    403,
    'TENANT_MISMATCH',
  ],
  ['an absolute target', post({ query: '{ hello }' }, {}, 'http://localhost/graphql'), 404, 'NOT_FOUND'],
  ['an odd host', post({ query: '{ hello }' }, { host: 'a b<>"' }), 200, undefined],
];

describe('bad input', () => {
  let short: Gateway;
  let long: Gateway;
  beforeAll(async () => {
    short = await startGateway();
    long = await startGateway({ doors: 'yoga' });
  });
  afterAll(() => Promise.all([short.close(), long.close()]));

  /** All that a reply says but for the id and the time. */
  const said = ({ status, headers, text }: Reply) => {
    const { 'x-request-id': _id, date: _date, ...rest } = headers;
    return { status, headers: rest, text };
  };

  test.each(cases)('[SM] %s', async (_name, request, status, code) => {
    for (let turn = 0; turn < 2; turn++) {
      const [ours] = await short.raw([request], { timeout: 10_000 });
      const [yogas] = await long.raw([request], { timeout: 10_000 });
      const reply = readReply(ours);
      expect(reply).toMatchObject({ status, ...(code && { code }) });
      expect(said(readReply(yogas))).toEqual(said(reply));
      expect(reply.text).not.toMatch(/node_modules|\.ts:|\.js:|stack|originalError/);
      if (code) expect(reply.text.length).toBeLessThan(3_000);
    }
  });

  test('[SM] after all that the gateway goes on, and nothing was unexpected', async () => {
    for (const gateway of [short, long]) {
      expect(await gateway.ask('{ hello }')).toMatchObject({
        status: 200,
        body: { data: { hello: 'world' } },
      });
      expect(gateway.store.count).toBe(0);
      expect(gateway.lines.filter(({ level }) => Number(level) > 30)).toEqual([]);
    }
  });
});
