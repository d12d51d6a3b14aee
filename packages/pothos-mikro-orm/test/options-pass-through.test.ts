import { MikroORM } from '@mikro-orm/postgresql';
import { isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { Customer, entities, Invoice, Line } from './support/entities.ts';
import { createBuilder } from './support/schema.ts';

/** An option of a plugin that this one does not know, as `permission: 'invoices:read'`. */
const options = {
  description: 'told',
  deprecationReason: 'old',
  extensions: { mine: 1 },
  permission: 'a',
} as object;

it('[RR] options of Pothos and of other plugins reach every field', () => {
  const builder = createBuilder(new MikroORM({ dbName: 'never connected', entities }));
  builder.entityNode(Customer, { id: options, fields: (t) => ({ name: t.expose('name', options) }) });
  builder.entityObject(Line, { fields: (t) => ({ id: t.expose('id') }) });
  builder.entityObject(Invoice, {
    fields: (t) => ({
      expose: t.expose('number', options),
      one: t.relation('approver', options),
      many: t.relation('lines', options),
      page: t.relatedConnection('lines', options),
      count: t.relatedCount('lines', options),
      computed: t.field({ ...options, type: 'String', resolve: () => '' }),
    }),
  });
  builder.entityFields(Customer, (t) => ({
    inverse: t.inverse(Invoice, 'customer', options),
    inversePage: t.inverseConnection(Invoice, 'customer', options),
    inverseCount: t.inverseCount(Invoice, 'customer', options),
  }));
  builder.queryType({
    fields: (t) => ({
      root: t.entityField({ ...options, type: [Invoice], resolve: (read) => read() }),
      pages: t.entityConnection({ ...options, type: Invoice, query: () => ({}) }),
    }),
  });
  const schema = builder.toSchema();
  for (const name of ['Invoice', 'Customer', 'Query']) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(name);
    for (const { name: field, description, deprecationReason, extensions } of Object.values(
      type.getFields(),
    )) {
      if (field === 'node' || field === 'nodes') continue; // Relay's own
      expect({ description, deprecationReason }).toEqual({ description: 'told', deprecationReason: 'old' });
      expect(extensions).toMatchObject({ mine: 1, pothosOptions: { permission: 'a' } });
    }
  }
});
