import { expect, test } from 'vitest';
import { EventQueue } from '../../../src/events/queue.ts';
import { wentBack } from '../../../src/events/reads.ts';

test('[RD] events come in their order, whether they waited or the reader did', async () => {
  const queue = new EventQueue(2);
  expect([queue.push(1), queue.push(2)]).toEqual([true, true]);
  expect([await queue.next(), await queue.next()]).toEqual([
    { value: 1, done: false },
    { value: 2, done: false },
  ]);
  const waiting = queue.next();
  queue.push(3);
  expect(await waiting).toEqual({ value: 3, done: false });
});

test('[SM] there is no room for more than the limit', async () => {
  const queue = new EventQueue(2);
  expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
  await queue.next();
  expect(queue.push(4)).toBe(true);
});

test('[SR] closing ends the wait, and drops what waited', async () => {
  const queue = new EventQueue(2);
  const waiting = queue.next();
  queue.close();
  expect(await waiting).toEqual({ value: undefined, done: true });
  queue.push(1);
  expect(await queue.next()).toEqual({ value: undefined, done: true });
  const other = new EventQueue(2);
  other.push(1);
  await other.return();
  expect(await other.next()).toEqual({ value: undefined, done: true });
});

test.each([
  ['10:20:11,12', '10:21:11', false],
  ['10:20:', '10:20:', false],
  ['10:20:', '9:19:', true],
  ['99:100:', '9:1000:', false],
])('[RD] after the snapshot %s, %s says that the database went back: %s', (before, now, back) => {
  expect(wentBack(before, now)).toBe(back);
});
