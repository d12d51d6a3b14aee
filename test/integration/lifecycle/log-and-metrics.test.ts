import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { doors, type Gateway, startGateway } from './gateway.ts';

describe.each(doors)('through the door "%s"', (door) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ doors: door });
  });
  afterAll(() => gateway.close());

  /** The request's own line: it is written when the reply has left. */
  const lineOf = (id: string) =>
    vi.waitFor(() => {
      const lines = gateway.lines.filter(({ requestId, msg }) => requestId === id && msg === 'request');
      expect(lines).toHaveLength(1);
      return lines[0];
    });

  test('[RL] one line says who did what, how it ended and what it cost', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await gateway.ask('query Named { hello }', {}, { 'x-request-id': 'log-00001', traceparent });
    expect(await lineOf('log-00001')).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      requestId: 'log-00001',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      tenant: 'acme',
      actor: 'user:owner',
      operation: 'Named',
      type: 'query',
      document: expect.stringMatching(/^[\w-]{16}$/),
      status: 200,
      outcome: 'ok',
      duration: expect.any(Number),
      databaseTime: 0.25,
      statements: 1,
      attempts: 1,
      msg: 'request',
    });
  });

  test('[RL] neither the values of variables nor the token nor the document are written', async () => {
    const query = 'query ($text: String) { echo(text: $text) boom }';
    await gateway.ask(
      query,
      { variables: { text: 'a-very-private-value' } },
      { 'x-request-id': 'log-00002' },
    );
    await lineOf('log-00002');
    const written = JSON.stringify(gateway.lines);
    expect(written).not.toContain('a-very-private-value');
    expect(written).not.toContain('Bearer');
    expect(written).not.toContain('echo(');
  });

  test.each([
    ['no token', { authorization: '' }, 'POST /graphql', 401, 'UNAUTHENTICATED'],
    ['no member', { authorization: 'Bearer stranger' }, 'POST /graphql', 403, 'NOT_A_MEMBER'],
    ['a wrong type', { 'content-type': 'text/plain' }, 'POST /graphql', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a wrong method', {}, 'PUT /graphql', 405, 'METHOD_NOT_ALLOWED'],
    ['an unknown path', {}, 'POST /nothing', 404, 'NOT_FOUND'],
    ['nothing acceptable', { accept: 'text/html' }, 'POST /graphql', 406, 'NOT_ACCEPTABLE'],
  ])('[RL] a refusal has its line: %s', async (_case, headers, head, status, code) => {
    const id = `refused-${status}-${door}`;
    await gateway.send({ query: '{ hello }' }, { ...headers, 'x-request-id': id }, head);
    expect(await lineOf(id)).toMatchObject({ status, code, outcome: 'refused', statements: 0 });
  });

  test.each([
    ['{', 'GRAPHQL_PARSE_FAILED'],
    ['{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['query ($n: Int!) { twice(number: $n) }', 'BAD_USER_INPUT'],
  ])('[RL] what never ran is refused, not failed: %s', async (query, code) => {
    const id = `refused-${code}`;
    await gateway.ask(query, {}, { 'x-request-id': id });
    expect(await lineOf(id)).toMatchObject({
      status: 400,
      code,
      outcome: 'refused',
      actor: 'user:owner',
      tenant: 'acme',
    });
  });

  test('[RL] a failure of ours is a line of level error', async () => {
    await gateway.ask('{ boomNonNull }', {}, { 'x-request-id': 'log-00003' });
    expect(await lineOf('log-00003')).toMatchObject({
      level: 50,
      status: 500,
      outcome: 'error',
      code: 'INTERNAL',
    });
  });

  test('[MC] operations, rejections, requests and phases are counted and timed in seconds', async () => {
    await gateway.ask('{ secret }', {}, { authorization: 'Bearer viewer', 'x-request-id': 'metric-0001' });
    await gateway.ask('mutation { fail }', {}, { 'x-request-id': 'metric-0002' });
    await lineOf('metric-0002');
    const text = await gateway.metrics.render();
    expect(text).toContain('# HELP insula_operation_duration_seconds ');
    expect(text).toMatch(/insula_operation_duration_seconds_count\{type="query",outcome="ok"\} [1-9]/);
    expect(text).toMatch(/insula_operation_duration_seconds_count\{type="mutation",outcome="error"\} 1/);
    expect(text).toMatch(/insula_rejections_total\{code="FORBIDDEN"\} 1/);
    expect(text).toMatch(/insula_rejections_total\{code="UNAUTHENTICATED"\} 1/);
    expect(text).toMatch(/insula_request_duration_seconds_count\{status="401"\} 1/);
    expect(text).toMatch(/insula_tenant_operations_total\{tenant="acme",outcome="ok"\} [1-9]/);
    for (const phase of ['initiation', 'authentication', 'body', 'document', 'execution', 'response']) {
      expect(text).toMatch(new RegExp(`insula_phase_duration_seconds_count\\{phase="${phase}"\\} [1-9]`));
    }
  });
});
