import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { assertEveryFieldStatesItsPermission } from '../../../src/authorization/schema.ts';

it('[AZ] a schema whose fields say nothing does not build, and the error names them all', () => {
  const schema = buildSchema(`
    interface Named { name: String }
    type Customer implements Named { name: String taxId: String }
    input Filter { name: String }
    type Query { customers(filter: Filter): [Customer] }
  `);
  expect(() => assertEveryFieldStatesItsPermission(schema)).toThrow(
    'Named.name, Customer.name, Customer.taxId, Query.customers.',
  );
});

it('[AZ] a schema whose fields all say what they need builds', () => {
  const schema = buildSchema('type Query { a: Int b: Int }');
  const { a, b } = schema.getQueryType()?.getFields() ?? {};
  if (!a || !b) throw new Error('The schema lacks its fields.');
  a.extensions = { permission: 'public' };
  b.extensions = { permission: 'invoices:read' };
  expect(() => assertEveryFieldStatesItsPermission(schema)).not.toThrow();
  b.extensions = { permission: '' };
  expect(() => assertEveryFieldStatesItsPermission(schema)).toThrow('Query.b.');
});
