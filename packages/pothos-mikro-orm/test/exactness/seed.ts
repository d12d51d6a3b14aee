// Rows full of edge values: microseconds, infinity, BC, NaN, 64-bit extremes, odd text, empty and null arrays.
import type pg from 'pg';
import { ReversedType } from './entities.ts';

/** Fills the tables; always the same rows. */
export async function seed(
  c: pg.Client,
  { customers = 40, invoices = 90, lines = 250, payments = 60 } = {},
): Promise<void> {
  let s = 42;
  const rnd = (n: number) => {
    s = (s * 48271) % 2147483647;
    return s % n;
  };
  const pick = <T>(...a: readonly [T, ...T[]]): T => a[rnd(a.length)] ?? a[0];
  const maybe = <T>(v: T) => (rnd(4) === 0 ? null : v);
  const text = () =>
    pick(
      'plain',
      'quote " and \\ back',
      "it's",
      'ünïcödé 😀',
      'line\nbreak\ttab',
      '\u0001ctl\u2028',
      '',
      '(a,b)',
      '{x,"y"}',
      'null',
      '{"a":1}',
    );
  const ts = () =>
    pick(
      '2024-02-29 12:34:56.123456+00',
      '1999-12-31 23:59:59.999999+05:30',
      'infinity',
      '-infinity',
      '0044-03-15 12:00:00+00 BC',
      '0044-03-15 12:00:00.5+00',
      '20000-01-01 00:00:00+00',
      '2024-07-01 00:00:00.1+00',
      '1883-01-01 00:00:00+00',
      '2024-10-27 02:30:00+02',
    );
  const big = () => pick('9223372036854775807', '-9223372036854775808', '9007199254740993', '0', '42');
  const num = () => pick('1234567890123456.7891', '-0.0001', '0', '10.5000', 'NaN', '9999999999999999.9999');
  const fl = () => pick('NaN', 'Infinity', '-Infinity', '0.1', '-0', '1e308', '5e-324', '123.456');
  const address = () => ({
    street: text(),
    city: text(),
    zip: maybe(text()),
    moved_in: maybe('2024-02-29T12:34:56.123Z'),
  });
  const enc = (v: string) => new ReversedType().convertToDatabaseValue(v);
  const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  for (let i = 1; i <= 8; i++) await c.query('insert into tags values ($1,$2)', [i, text()]);
  for (let i = 1; i <= 30; i++)
    await c.query('insert into products values ($1,$2,$3,$4)', [
      `sku${i}`,
      text(),
      pick('1.50', '0', '999999999.99'),
      i > 5 ? `sku${1 + rnd(i - 1)}` : null,
    ]);
  for (let i = 1; i <= customers; i++) {
    await c.query('insert into customers values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)', [
      uuid(i),
      text(),
      maybe(text()),
      maybe(enc(text())),
      big(),
      text(),
      text(),
      maybe(text()),
      maybe(ts()),
      maybe({ theme: text(), since: maybe('2024-02-29T12:34:56.123Z'), limit: maybe(big()) }),
      maybe(pick<unknown>({ tags: [text()], depth: 3 }, [], 'null')),
      ts(),
      rnd(5) === 0 ? ts() : null,
      maybe(JSON.stringify(Array.from({ length: rnd(3) }, address))),
    ]);
    for (let t = 1; t <= 8; t++)
      if (rnd(3) === 0) await c.query('insert into customer_tags values ($1,$2)', [uuid(i), t]);
    if (rnd(3))
      await c.query('insert into profiles values ($1,$2,$3,$4,$5,$6,$7,$8,$9)', [
        i,
        uuid(i),
        maybe(Buffer.from([0, 1, 255, 34, 92, rnd(256)])),
        maybe(Buffer.from(text())),
        maybe(pick('2024-02-29', 'infinity', '0044-03-15 BC', '20000-01-01')),
        maybe('23:59:59'),
        fl(),
        maybe(pick('0.1', 'NaN', '3.4e38')),
        rnd(2) === 0,
      ]);
  }
  const json = () =>
    pick<unknown>({ a: [1, 2.5, null, 'x"'], b: { c: text() } }, [1, 'two'], 'str', 5, true, null);
  for (let i = 1; i <= invoices; i++)
    await c.query(
      'insert into invoices(id,number,status,customer_id,approver_id,net,tax,balance,issued_at,due_on,labels,ranks,big,notes,meta,period) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)',
      [
        i,
        `INV-${i}`,
        pick('draft', 'issued', 'paid', 'void'),
        uuid(1 + rnd(customers)),
        maybe(uuid(1 + rnd(customers))),
        num(),
        pick('1.10', '0', '12.34'),
        pick('9223372036854775', '-5', '0'),
        maybe(ts()),
        maybe(pick('2024-02-29', 'infinity', '0044-03-15 BC')),
        [text(), text()].slice(rnd(3)),
        maybe(pick<unknown>([1, 2, 3], [])),
        maybe([big(), big()]),
        maybe(text()),
        maybe(JSON.stringify(json())),
        maybe(pick('1 year 2 mons 3 days 04:05:06.789', '00:00:00', '-1 days')),
      ],
    );
  for (let i = 1; i <= lines; i++)
    await c.query('insert into invoice_lines values ($1,$2,$3,$4,$5,$6,$7)', [
      String(9007199254740992n + BigInt(i)),
      1 + rnd(invoices),
      maybe(`sku${1 + rnd(30)}`),
      text(),
      rnd(100),
      pick('100', '0', '-7'),
      maybe(fl()),
    ]);
  for (let i = 1; i <= payments; i++) {
    const card = rnd(2) === 0;
    await c.query(
      'insert into payments(id,kind,invoice_id,amount,paid_at,last4,iban) values ($1,$2,$3,$4,$5,$6,$7)',
      [
        i,
        card ? 'card' : 'transfer',
        1 + rnd(invoices),
        num(),
        ts(),
        card ? maybe('4242') : null,
        card ? null : maybe(enc(text())),
      ],
    );
  }
  for (let i = 1; i <= 60; i++) {
    const k = rnd(3);
    const p = (await c.query('select id from profiles order by id offset $1 limit 1', [rnd(20)])).rows[0].id;
    await c.query('insert into notes values ($1,$2,$3,$4)', [
      i,
      text(),
      k === 2 ? null : k ? 'invoices' : 'profiles',
      k === 2 ? null : k ? 1 + rnd(invoices) : p,
    ]);
  }
  for (let i = 1; i <= 12; i++) {
    for (const currency of ['EUR', 'JPY', 'CHF'].slice(rnd(3)))
      await c.query('insert into prices values ($1,$2,$3,$4,$5,$6,$7)', [
        `sku${i}`,
        currency,
        pick('list', 'net'),
        num(),
        pick('2024-03-31 02:30:00', '2024-02-29 12:34:56.123456', '0044-03-15 12:00:00', 'infinity'),
        maybe(pick('2024-07-01 00:00:00+00', '1999-12-31 23:59:59+05:30')),
        maybe(pick('23:59:59+05:45', '00:00:00-03:30')),
      ]);
  }
  await c.query(`insert into quotes select row_number() over (order by sku, currency, i), sku, currency,
    case when i > 1 then sku || i end from prices, generate_series(1, 3) i where (length(sku) + i) % 3 > 0`);
}
