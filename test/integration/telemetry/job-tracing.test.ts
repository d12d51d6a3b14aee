import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { startGateway } from '../../support/gateway.ts';
import { collectSpans } from '../../support/spans.ts';
import { createEffects } from '../jobs/effects.ts';
import { emptied, enqueue, outbox, startTestWorker } from '../jobs/worker.ts';

test('[AT MC] each attempt at a job is a trace of its own, with its statements and how it ended', async () => {
  await using gateway = await startGateway({ modules: createEffects() });
  await enqueue(gateway, 'hello');
  const [{ id } = { id: '' }] = await outbox(gateway);
  await using spans = collectSpans();
  let failures = 1;
  const inside = async () => {
    if (failures-- > 0) throw new Error('not today');
  };
  await using _ = await startTestWorker(gateway, { modules: createEffects({ inside }) });
  await emptied(gateway);
  await expect.poll(() => attempts().length).toBe(2);

  function attempts() {
    return spans.all().filter(({ attributes }) => attributes['insula.request_id'] === `job-${id}`);
  }
  const [failed, done] = attempts();
  expect(failed?.status.code).toBe(SpanStatusCode.ERROR);
  expect(failed?.attributes).toMatchObject({ 'error.type': 'Error', 'insula.job.outcome': 'retry' });
  expect(done?.name).toBe('job effects:add');
  expect(done?.kind).toBe(SpanKind.CONSUMER);
  expect(done?.parentSpanContext).toBeUndefined();
  expect(done?.attributes).toMatchObject({
    'insula.tenant': 'north',
    'insula.job.name': 'effects:add',
    'insula.job.attempt': 2,
    'insula.job.outcome': 'done',
  });
  const below = done ? spans.tree(done).below.map(({ name }) => name) : [];
  expect(below).toContain('INSERT');
  expect(below.at(-1)).toBe('commit');
});
