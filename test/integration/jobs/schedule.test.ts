import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { createEffects } from './effects.ts';
import { notes, outbox, startTestWorker, until } from './worker.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ modules: createEffects() });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const workAt = (time: string) =>
  startTestWorker(gateway, { modules: createEffects({ at: '06:00' }), clock: () => new Date(time) });
const suspended = (set: 'suspended' | 'active') =>
  gateway.rows('south', 'update insula.tenant set status = $2 where id = $1', [gateway.tenants.south, set]);
/** Of both tenants of this file; the database's template brings two more. */
const daily = async () => [...(await notes(gateway, 'daily')), ...(await notes(gateway, 'daily', 'south'))];

test('[AT] a daily job is not begun before its time', async () => {
  await using _ = await workAt('2026-03-01T05:59:59Z');
  await delay(150);
  expect(await gateway.rows('north', 'select from insula.schedule')).toEqual([]);
});

test('[AT] a daily job is run once for each tenant and day, however many workers there are', async () => {
  const workers = await Promise.all(Array.from({ length: 4 }, (_, n) => workAt(`2026-03-01T06:0${n}:00Z`)));
  await until('both', async () => (await daily()).length === 2);
  for (const worker of workers) await worker[Symbol.asyncDispose]();
  await using _ = await workAt('2026-03-01T23:00:00Z');
  await delay(150);
  expect(await daily()).toEqual(['daily 2026-03-01', 'daily 2026-03-01']);
});

test('[AT TI] a suspended tenant is left out, and has its job later on the day if it comes back', async () => {
  await suspended('suspended');
  {
    await using _ = await workAt('2026-03-02T07:00:00Z');
    await until('the other one', async () => (await notes(gateway, 'daily 2026-03-02')).length === 1);
    await delay(100);
    expect((await outbox(gateway)).filter(({ tenant }) => tenant === gateway.tenants.south)).toEqual([]);
  }
  {
    await using _ = await workAt('2026-03-03T07:00:00Z');
    await until('the other one', async () => (await notes(gateway, 'daily 2026-03-03')).length === 1);
  }
  await suspended('active');
  await using _ = await workAt('2026-03-03T12:00:00Z');
  await until('the late one', async () => (await notes(gateway, 'daily', 'south')).length === 2);
  expect(await notes(gateway, 'daily', 'south')).toEqual(['daily 2026-03-01', 'daily 2026-03-03']);
});

test('[AT] a clock that goes back begins no day again', async () => {
  await using _ = await workAt('2026-03-02T12:00:00Z');
  await delay(150);
  expect(await notes(gateway, 'daily 2026-03-02')).toEqual(['daily 2026-03-02']);
});
