import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { subscribe } from '../../support/event-stream.ts';
import { type Ask, DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';
import { type CollectedSpans, collectSpans } from '../../support/spans.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';

describe.each(DOORS)('traces (doors: %s)', (doors) => {
  let gateway: TestGateway;
  let spans: CollectedSpans;
  beforeAll(async () => {
    const paused = async () => trace.getTracer('a module').startSpan('mine').end();
    gateway = await startGateway({ modules: [createNotesModule({ paused })], doors });
    // After the gateway: whoever traces may come late.
    spans = collectSpans();
  });
  afterAll(async () => {
    await spans[Symbol.asyncDispose]();
    await gateway[Symbol.asyncDispose]();
  });

  async function traced(ask: Omit<Ask, 'tenant'>) {
    const reply = await gateway.ask({ tenant: 'north', ...ask });
    const root = await spans.root(reply.headers['x-request-id']);
    return { reply, root, tree: spans.tree(root) };
  }

  test('[MC] a query is a span, its phases are below it, its statements below the phase that asked', async () => {
    const { root, tree } = await traced({ query: 'query Count { noteCount }' });
    expect(root.kind).toBe(SpanKind.SERVER);
    expect(root.attributes).toMatchObject({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Count',
      'http.response.status_code': 200,
      'insula.tenant': 'north',
      'insula.outcome': 'ok',
      'insula.attempts': 1,
    });
    expect(root.status.code).toBe(SpanStatusCode.UNSET);
    expect(tree).toEqual({
      name: 'query',
      below: [
        { name: 'initiation', below: [] },
        { name: 'authentication', below: [] },
        { name: 'body', below: [] },
        { name: 'document', below: [] },
        { name: 'execution', below: [{ name: 'SELECT', below: [] }] },
        { name: 'response', below: [] },
      ],
    });
  });

  test('[MC] a statement is shown as the driver sends it, without its values', async () => {
    const { root } = await traced({
      query: 'mutation Add($text: String!) { addNote(input: { text: $text, slot: 77 }) { note { id } } }',
      variables: { text: 'nobody else’s business' },
    });
    const ofTrace = spans.all().filter((span) => span.spanContext().traceId === root.spanContext().traceId);
    const insert = ofTrace.find(({ name }) => name === 'INSERT');
    expect(insert?.kind).toBe(SpanKind.CLIENT);
    expect(insert?.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.namespace': expect.stringMatching(new RegExp(`^\\w+\\|${gateway.tenants.north}$`)),
      'db.operation.name': 'INSERT',
      'db.query.text': expect.stringMatching(/^insert into .*\$1/i),
    });
    const everything = JSON.stringify(
      ofTrace.map(({ name, attributes, events }) => [name, attributes, events]),
    );
    expect(everything).not.toMatch(/business|\b77\b|owner@/);
  });

  test('[SC MC] a mutation shows its statements, and that its commit comes before the reply', async () => {
    const { tree } = await traced({ query: 'mutation { addNote(input: { text: "a" }) { note { id } } }' });
    const names = tree.below.map(({ name }) => name);
    expect(names.slice(-2)).toEqual(['execution', 'response']);
    const execution = tree.below.at(-2)?.below.map(({ name }) => name) ?? [];
    expect(execution).toContain('INSERT');
    expect(execution.at(-1)).toBe('commit');
  });

  test('[AN MC] who is refused leaves the phases that they saw', async () => {
    const { reply, root, tree } = await traced({ as: null, query: '{ noteCount }' });
    expect(reply.status).toBe(401);
    expect(tree).toEqual({
      name: 'GraphQL Operation',
      below: ['initiation', 'authentication', 'response'].map((name) => ({ name, below: [] })),
    });
    expect(root.attributes).toMatchObject({
      'http.response.status_code': 401,
      'error.type': 'UNAUTHENTICATED',
      'insula.outcome': 'refused',
    });
    expect(root.attributes).not.toHaveProperty('insula.tenant');
    expect(root.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('[AZ MC] a denial shows what the audit trail was told of it', async () => {
    const { reply, tree } = await traced({ as: 'viewer', query: '{ secretCount }' });
    expect(reply.status).toBe(403);
    const document = tree.below.find(({ name }) => name === 'document');
    expect(document?.below.map(({ name }) => name)).toEqual(['SELECT']);
  });

  test('[EH MC] what nobody foresaw is an error, and its details stay in the log', async () => {
    const { root } = await traced({ query: '{ broken noteCount }' });
    expect(root.status.code).toBe(SpanStatusCode.ERROR);
    expect(root.attributes['error.type']).toBe('INTERNAL');
    expect(JSON.stringify([root.attributes, root.events, root.status])).not.toContain('private');
  });

  test('[EH MC] a statement that failed says with which SQLSTATE', async () => {
    const { root } = await traced({ query: '{ raw(sql: "select 1 / 0") }' });
    const failed = spans
      .all()
      .find((span) => span.spanContext().traceId === root.spanContext().traceId && span.name === 'SELECT');
    expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(failed?.attributes).toMatchObject({ 'error.type': '22012', 'db.response.status_code': '22012' });
  });

  test('[RI MC] a request belongs to the trace of its traceparent, in the log line too', async () => {
    const { reply, root } = await traced({
      query: '{ noteCount }',
      headers: { traceparent: `00-${TRACE}-${CALLER}-01` },
    });
    expect(root.spanContext().traceId).toBe(TRACE);
    expect(root.parentSpanContext?.spanId).toBe(CALLER);
    expect(await gateway.logLine(reply)).toMatchObject({ traceId: TRACE });
  });

  test('[RL MC] the log line of a request without one names the trace that was begun', async () => {
    const { reply, root } = await traced({ query: '{ noteCount }' });
    expect(await gateway.logLine(reply)).toMatchObject({ traceId: root.spanContext().traceId });
  });

  test('[MC] a caller who does not sample gets no spans', async () => {
    const before = spans.all().length;
    const reply = await gateway.ask({
      tenant: 'north',
      query: '{ noteCount }',
      headers: { traceparent: `00-${TRACE}-${CALLER}-00` },
    });
    await gateway.logLine(reply);
    expect(spans.all()).toHaveLength(before);
  });

  test('[MC] what a resolver traces hangs below the phase that runs it', async () => {
    const { tree } = await traced({ query: '{ paused }' });
    expect(tree.below.find(({ name }) => name === 'execution')?.below).toEqual([{ name: 'mine', below: [] }]);
  });

  test('[RD MC] each event of a subscription is a trace, with a link to the one that opened it', async () => {
    await using stream = await subscribe(gateway, {
      tenant: 'north',
      query: 'subscription New { noteAdded { id } }',
    });
    const opened = await spans.root(stream.headers['x-request-id']);
    expect(opened.name).toBe('subscription');
    await gateway.ask({
      tenant: 'north',
      query: 'mutation { addNote(input: { text: "b" }) { note { id } } }',
    });
    await stream.next();
    await expect.poll(() => spans.all().some(({ name }) => name === 'subscription event')).toBe(true);
    const event = spans.all().findLast(({ name }) => name === 'subscription event');
    expect(event?.parentSpanContext).toBeUndefined();
    expect(event?.links.map(({ context }) => context.spanId)).toEqual([opened.spanContext().spanId]);
    expect(event?.attributes).toMatchObject({ 'graphql.operation.name': 'New', 'insula.tenant': 'north' });
    expect(event && spans.tree(event).below.map(({ name }) => name)).toEqual(['SELECT']);
  });
});
