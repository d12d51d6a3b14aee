import { defineEntity, type Platform, raw, Type } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmallWorld, type SmallWorld } from '../support/small-world.ts';

/** A value object, made by JavaScript alone. */
class Celsius {
  readonly degrees: number;
  constructor(degrees: number) {
    this.degrees = degrees;
  }
}
class CelsiusType extends Type<Celsius, string> {
  override convertToDatabaseValue(value: Celsius): string {
    return String(value.degrees);
  }
  override convertToJSValue(value: string | number): Celsius {
    return new Celsius(Number(value));
  }
  override getColumnType() {
    return 'numeric(5,2)';
  }
}
/** A value that SQL reads: of a range, its lower bound. */
class LowerBoundType extends Type<number, string> {
  override convertToJSValueSQL(column: string) {
    return `lower(${column})`;
  }
  override convertToJSValue(value: string | number, _platform: Platform): number {
    return Number(value);
  }
  override getColumnType() {
    return 'int4range';
  }
}

const moods = ['good', "it's bad"] as const;
const ColumnsSchema = defineEntity({
  name: 'Columns',
  properties: (p) => ({
    id: p.integer().primary(),
    int2: p.smallint().nullable(),
    int4: p.integer().nullable(),
    int8: p.bigint().nullable(),
    int8Text: p.bigint('string').nullable(),
    int8Number: p.bigint('number').nullable(),
    numeric: p.decimal().precision(40).scale(10).nullable(),
    numericNumber: p.decimal('number').precision(12).scale(4).nullable(),
    numericFree: p.string().columnType('numeric').nullable(),
    float4: p.float().columnType('float4').nullable(),
    float8: p.double().nullable(),
    bool: p.boolean().nullable(),
    text: p.text().nullable(),
    varchar: p.string().length(20).nullable(),
    bpchar: p.string().columnType('char(5)').nullable(),
    citext: p.string().columnType('name').nullable(),
    uuid: p.uuid().nullable(),
    bytea: p.blob().nullable(),
    bytes: p.uint8array().nullable(),
    date: p.date().nullable(),
    time: p.time().nullable(),
    timetz: p.string().columnType('timetz').nullable(),
    timestamptz: p.datetime().nullable(),
    timestamptz6: p.datetime(6).nullable(),
    timestamp: p.datetime().columnType('timestamp').nullable(),
    timestampText: p.string().columnType('timestamptz').nullable(),
    interval: p.string().columnType('interval').nullable(),
    json: p.json<unknown>().columnType('json').nullable(),
    jsonb: p.json<unknown>().nullable(),
    mood: p.enum(moods).nullable(),
    nativeMood: p.enum(moods).nativeEnumName('mood').nullable(),
    moods: p.enum(moods).array().nullable(),
    inet: p.string().columnType('inet').nullable(),
    cidr: p.string().columnType('cidr').nullable(),
    macaddr: p.string().columnType('macaddr').nullable(),
    int4range: p.string().columnType('int4range').nullable(),
    tstzrange: p.string().columnType('tstzrange').nullable(),
    int4multirange: p.string().columnType('int4multirange').nullable(),
    bit: p.string().columnType('bit(4)').nullable(),
    varbit: p.string().columnType('varbit').nullable(),
    xml: p.string().columnType('xml').nullable(),
    tsvector: p.string().columnType('tsvector').nullable(),
    money: p.string().columnType('money').nullable(),
    point: p.string().columnType('point').nullable(),
    points: p.array<unknown>().columnType('point[]').nullable(),
    circle: p.string().columnType('circle').nullable(),
    inets: p.array().columnType('inet[]').nullable(),
    texts: p.array().nullable(),
    ints: p
      .array<number>((item) => Number(item))
      .columnType('int[]')
      .nullable(),
    bigints: p
      .array<bigint>((item) => BigInt(item))
      .columnType('bigint[]')
      .nullable(),
    numerics: p
      .array<number>((item) => Number(item))
      .columnType('numeric[]')
      .nullable(),
    floats: p
      .array<number>((item) => Number(item))
      .columnType('float8[]')
      .nullable(),
    uuids: p.array().columnType('uuid[]').nullable(),
    bools: p
      .array<boolean>((item) => item === 'true' || item === 't')
      .columnType('bool[]')
      .nullable(),
    dates: p.array().columnType('date[]').nullable(),
    celsius: p.type(CelsiusType).nullable(),
    lowerBound: p.type(LowerBoundType).nullable(),
    lazyText: p.text().lazy().nullable(),
    halved: p
      .integer()
      .formula((columns) => `(${columns.int4} / 2)`)
      .nullable(),
    joined: p
      .text()
      .formula(() => raw(`upper(?)`, ['a?b']))
      .nullable(),
  }),
});
class Columns extends ColumnsSchema.class {}
ColumnsSchema.setClass(Columns);

/** A row of plain values, rows of the ends of each type's range, and a row of nulls. */
const seed = `
  insert into columns (id, int2, int4, int8, int8text, int8number, numeric, numeric_number, numeric_free, float4, float8, bool, text,
    varchar, bpchar, citext, uuid, bytea, bytes, date, time, timetz, timestamptz, timestamptz6, timestamp, timestamp_text, interval, json,
    jsonb, mood, native_mood, moods, inet, cidr, macaddr, int4range, tstzrange, int4multirange, bit, varbit, xml, tsvector, money, point, points, circle, inets,
    texts, ints, bigints, numerics, floats, uuids, bools, dates, celsius, lower_bound, lazy_text)
  values
  (1, -32768, 2147483647, 9007199254740993, -9223372036854775808, 12345, 123456789012345678901234567890.0123456789, 1.5, 'NaN', 0.1, 0.1,
    true, E'tab\\there "quoted" \\\\ \\u2028 😀', 'short', 'ab', 'name', '00000000-0000-4000-8000-00000000000A', '\\x00ff', '\\x',
    '2024-02-29', '23:59:59.123456', '12:00:00+05:30', '2026-01-01 00:00:00.123456+02', '2026-01-01 00:00:00.123456+02',
    '2026-01-01 12:34:56.789', '2026-07-01 00:00:00.123456+00', '1 year 2 mons -3 days 04:05:06.789',
    '{"b": 1, "a": [null, 1.50, "\\u00e9"]}', '{"deep": {"n": 12345678901234567890}}', 'good', 'good', '{good}', '10.0.0.1', '10.0.0.0/8',
    '08:00:2b:01:02:03', '[1,5)', '[2026-01-01 00:00+00,)', '{[1,3),[7,9)}', '1010', '10', '<a>x</a>', 'a:1 fat:2', 12.34, '(1,2)', '{"(1,2)","(-0.5,1e10)"}', '<(1,2),3.5>', '{10.0.0.1,::1/64}',
    '{a,"b,c","d\\"e"}', '{1,2}', '{9007199254740993,-1}', '{1.50,2}', '{0.1,-0.5}', '{00000000-0000-4000-8000-000000000001}', '{t,f}',
    '{2024-02-29,2025-01-01}', 21.5, '[7,9)', 'kept apart'),
  (2, 0, -2147483648, 9223372036854775807, 0, -9007199254740991, -0.0000000001, -99999999.9999, '1e-20', 'NaN', 'Infinity', false, '',
    '', '', '', 'ffffffff-ffff-4fff-8fff-ffffffffffff', '\\x', '\\xdeadbeef', '0044-03-15 BC', '00:00:00', '00:00:00-12', 'infinity',
    '-infinity', 'infinity', 'infinity', '-00:00:00.000001', 'null', '"text"', 'it''s bad', 'it''s bad', '{good,"it''s bad"}', '::1/64',
    '2001:db8::/32', 'ff:ff:ff:ff:ff:ff', 'empty', '(,)', '{}', '0000', '', '<b/>', '', -1, '(0.1,-1e+300)', '{}', '<(0,0),0>', '{}', '{}', '{}', '{}', '{}', '{}',
    '{}', '{}', '{}', -40, '[0,1)', ''),
  (3, null, null, null, null, null, null, null, 'Infinity', '-Infinity', '-Infinity', null, E'line\\nbreak', null, null, null, null, null,
    null, 'infinity', '24:00:00', null, '0044-03-15 12:00:00+00 BC', '12026-01-01 00:00:00+00', '0001-01-01 00:00:00',
    '0044-03-15 12:00:00+00 BC', '178000000 years', '[]', 'false', null, null, null, null, null, null, null, null, null, null, null, null,
    null, null, null, null, null, null, '{NULL,null,""}', '{NULL,1}', '{5}', '{NULL,1}', '{NULL,1}', '{NULL}', '{NULL,t}', '{NULL}', null, null, null);
  insert into columns (id) values (4);`;

describe('a column of each type has the value that hydration gives', () => {
  let world: SmallWorld;
  const seen: Record<string, unknown>[] = [];
  const names = Object.keys(ColumnsSchema.meta.properties) as (keyof Columns & 'text')[];
  beforeAll(async () => {
    world = await createSmallWorld(
      [Columns],
      (builder) => {
        builder.entityObject(Columns, {
          fields: (t) => ({
            probe: t.boolean({ resolve: () => true }),
            all: t.field({
              type: 'Boolean',
              select: names,
              resolve: (row) => {
                seen.push(row);
                return true;
              },
            }),
          }),
        });
        builder.queryType({
          fields: (t) => ({
            rows: t.entityField({ type: [Columns], resolve: (read) => read({ orderBy: { id: 'asc' } }) }),
          }),
        });
      },
      { seed },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('in one statement, for values at the ends of each type’s range and for none', async () => {
    seen.length = 0;
    const { errors, texts } = await world.ask('{ rows { all } }');
    expect(errors).toEqual([]);
    expect(texts).toHaveLength(1);
    const entities = await world.orm.em
      .fork()
      .find(Columns, {}, { orderBy: { id: 'asc' }, populate: ['lazyText'] });
    const valuesOf = (name: keyof Columns & 'text', entity: Columns) => [name, entity[name] ?? null] as const;
    expect(seen).toEqual(
      entities.map((entity) =>
        expect.objectContaining(Object.fromEntries(names.map((name) => valuesOf(name, entity)))),
      ),
    );
    expect(seen).toHaveLength(4);
  });

  it('a lazy column is not read unless it is selected', async () => {
    const { texts } = await world.ask('{ rows { probe } }');
    expect(texts[0]).not.toContain('lazy_text');
  });
});
