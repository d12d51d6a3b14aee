import { MikroORM } from '@mikro-orm/postgresql';
import { describe, expect, it } from 'vitest';
import { Customer, entities, Invoice, Line, Note } from './support/entities.ts';
import { createBuilder } from './support/schema.ts';

const orm = new MikroORM({ dbName: 'never connected', entities });
const build = (define: (builder: ReturnType<typeof createBuilder>) => void) => () => {
  const builder = createBuilder(orm);
  builder.queryType({ fields: (t) => ({ ok: t.boolean({ resolve: () => true }) }) });
  define(builder);
  return builder.toSchema();
};

describe('mistakes are told when the schema is built', () => {
  it('[RR] a relation to an entity that has no type', () => {
    expect(
      build((builder) => builder.entityObject(Line, { fields: (t) => ({ invoice: t.relation('invoice') }) })),
    ).toThrow(/Invoice/);
  });

  it('[RR] fields for a type that nobody defines', () => {
    expect(build((builder) => builder.entityFields(Invoice, (t) => ({ id: t.expose('id') })))).toThrow(
      /Invoice/,
    );
  });

  it('[RR] a column whose GraphQL type nothing tells', () => {
    const note = (builder: ReturnType<typeof createBuilder>) =>
      builder.entityObject(Note, { fields: (t) => ({ subject: t.relation('subject') }) });
    expect(build(note)).toThrow();
  });

  it('[RR] a class that is no entity of the ORM', () => {
    class Stranger {}
    expect(build((builder) => builder.entityObject(Stranger as never, { fields: () => ({}) }))).toThrow(
      'Stranger is no entity of this ORM.',
    );
  });

  it('[RR] a builder without metadata', () => {
    const builder = createBuilder(undefined as never);
    expect(() => builder.entityObject(Customer, { fields: () => ({}) })).toThrow('needs "orm" or "metadata"');
  });
});
