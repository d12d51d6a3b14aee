import { buildSchema, type GraphQLSchema, isInterfaceType, isObjectType, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createRequirementsReader, denials } from '../../../src/authorization/document.ts';

/** A schema in which a field's description is its permission: `"invoices:read" total: Int`. */
function schemaOf(text: string): GraphQLSchema {
  const schema = buildSchema(text);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      field.extensions = { permission: field.description ?? 'public' };
    }
  }
  return schema;
}

const schema = schemaOf(`
  interface Node { id: ID! }
  type Customer implements Node {
    "customers:read" id: ID!
    "customers:read" name: String
    "customers:tax" taxId: String
    "invoices:read" invoices: [Invoice!]!
  }
  type Invoice implements Node {
    "invoices:read" id: ID!
    "invoices:read" number: String
    "customers:read" customer: Customer
  }
  union Hit = Customer | Invoice
  type Query {
    hello: String
    "customers:read" customers: [Customer!]!
    "invoices:read" invoices: [Invoice!]!
    node: Node
    search: [Hit!]!
  }
  type Mutation { "invoices:write" issue: Invoice }
`);

const read = createRequirementsReader(schema);

function denied(
  text: string,
  permissions: string[],
  variables?: Record<string, unknown> | null,
  name?: string,
) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  return denials(read(document, name), { permissions: new Set(permissions) }, variables).map(
    ({ path, permission, onlyOn }) => `${path.join('.')} ${permission}${onlyOn ? ` on ${onlyOn}` : ''}`,
  );
}

describe('what an operation needs', () => {
  it('[AZ] nothing is denied to whoever has every permission', () => {
    const everything = ['customers:read', 'customers:tax', 'invoices:read'];
    expect(denied('{ hello customers { id taxId invoices { number } } node { id } }', everything)).toEqual(
      [],
    );
  });

  it('[AZ] public fields and introspection need nothing', () => {
    expect(
      denied(
        '{ hello __typename __schema { types { name fields { name } } } __type(name: "Invoice") { name } }',
        [],
      ),
    ).toEqual([]);
  });

  it('[AZ] each field is named by its place in the response', () => {
    expect(
      denied('{ all: customers { id tax: taxId bills: invoices { number } } }', ['customers:read']),
    ).toEqual(['all.tax customers:tax', 'all.bills invoices:read']);
  });

  it('[AZ] a denied field stands for what is beneath it', () => {
    expect(denied('{ customers { id name invoices { number } } }', [])).toEqual(['customers customers:read']);
  });

  it('[AZ] a field that is permitted at one place can be denied at another', () => {
    expect(denied('{ invoices { number customer { name } } hello }', ['invoices:read'])).toEqual([
      'invoices.customer customers:read',
    ]);
  });

  it('[AZ] fragments hide nothing, however they are nested', () => {
    const text = `
      query { ...Root }
      fragment Root on Query { customers { ...Customer ... { ... on Customer { taxId } } } }
      fragment Customer on Customer { name ...Bills }
      fragment Bills on Customer { invoices { number } }`;
    expect(denied(text, ['customers:read'])).toEqual([
      'customers.invoices invoices:read',
      'customers.taxId customers:tax',
    ]);
  });

  it('[AZ] the same field twice is one denial', () => {
    expect(
      denied('{ customers { taxId ...A ...A } } fragment A on Customer { taxId }', ['customers:read']),
    ).toEqual(['customers.taxId customers:tax']);
  });

  it('[AZ] a mutation and a query of one document are told apart', () => {
    const text = 'query Read { hello } mutation Write { issue { number } }';
    expect(denied(text, [], {}, 'Read')).toEqual([]);
    expect(denied(text, [], {}, 'Write')).toEqual(['issue invoices:write']);
  });

  it('[AZ] an operation that is not there is an error', () => {
    expect(() => read(parse('{ hello }'), 'Other')).toThrow(
      expect.objectContaining({ code: 'OPERATION_NOT_FOUND' }),
    );
    expect(() => read(parse('query A { hello } query B { hello }'))).toThrow('no operation');
    expect(() => read(parse('subscription { tick }'))).toThrow('no operation');
  });

  it('[AZ] a document is read once for each operation', () => {
    const document = parse('query A { hello } query B { customers { id } }');
    expect(read(document, 'A')).toBe(read(document, 'A'));
    expect(read(document, 'B')).not.toBe(read(document, 'A'));
  });
});

describe('@skip and @include', () => {
  const text = (directive: string) =>
    `query ($if: Boolean = false) { hello @skip(if: $if) customers ${directive} { id } }`;

  it.each([
    ['@include(if: false)', {}, false],
    ['@include(if: true)', {}, true],
    ['@skip(if: true)', {}, false],
    ['@skip(if: false)', {}, true],
    ['@include(if: $if)', { if: true }, true],
    ['@include(if: $if)', { if: false }, false],
    ['@include(if: $if)', {}, false],
    ['@include(if: $if)', undefined, false],
    ['@include(if: $if)', null, false],
    ['@skip(if: $if)', { if: true }, false],
    ['@skip(if: $if)', {}, true],
    ['@include(if: $if) @skip(if: false)', { if: true }, true],
    ['@include(if: $if) @skip(if: $if)', { if: true }, false],
    // What the executor will refuse anyway must not pass as "left out".
    ['@include(if: $if)', { if: null }, true],
    ['@include(if: $if)', { if: 'false' }, true],
    ['@skip(if: $if)', { if: 1 }, true],
  ])('[AZ] %s with %j: asked for is %s', (directive, variables, asked) => {
    expect(denied(text(directive), [], variables)).toEqual(asked ? ['customers customers:read'] : []);
  });

  it('[AZ] a variable without a value or a default leaves nothing out', () => {
    const required = 'query ($if: Boolean!) { customers @include(if: $if) { id } }';
    expect(denied(required, [], {})).toEqual(['customers customers:read']);
  });

  it('[AZ] on fragments and on what is around a field, all of them count', () => {
    const nested = `query ($a: Boolean!, $b: Boolean!) {
      ... on Query @include(if: $a) { customers { ...Tax @skip(if: $b) } }
    } fragment Tax on Customer { taxId }`;
    const permissions = ['customers:read'];
    expect(denied(nested, permissions, { a: true, b: false })).toEqual(['customers.taxId customers:tax']);
    expect(denied(nested, permissions, { a: false, b: false })).toEqual([]);
    expect(denied(nested, permissions, { a: true, b: true })).toEqual([]);
  });
});

describe('interfaces and unions', () => {
  it('[AZ] behind an interface every type that can come states what it needs', () => {
    expect(denied('{ node { id } }', ['customers:read'])).toEqual(['node.id invoices:read on Invoice']);
    expect(denied('{ node { id } }', [])).toEqual([
      'node.id customers:read on Customer',
      'node.id invoices:read on Invoice',
    ]);
  });

  it('[AZ] a fragment leaves the types that it names', () => {
    expect(denied('{ node { ... on Customer { id taxId } } }', [])).toEqual([
      'node.id customers:read on Customer',
      'node.taxId customers:tax on Customer',
    ]);
    expect(denied('{ search { ... on Invoice { number } __typename } }', [])).toEqual([
      'search.number invoices:read on Invoice',
    ]);
    expect(denied('{ search { ... on Node { id } } }', ['invoices:read'])).toEqual([
      'search.id customers:read on Customer',
    ]);
  });

  it('[AZ] an interface around a known type needs what that type needs', () => {
    expect(
      denied('{ invoices { ... on Node { id } customer { ... on Node { id } } } }', ['invoices:read']),
    ).toEqual(['invoices.customer customers:read']);
  });

  it('[AZ] beneath a field of an uncertain type the chain goes on', () => {
    expect(denied('{ node { ... on Invoice { customer { taxId } } } }', ['invoices:read'])).toEqual([
      'node.customer customers:read on Invoice',
      'node.customer.taxId customers:tax',
    ]);
  });

  it("[AZ] an interface's own permission counts too", () => {
    const strict = schemaOf(`
      interface Secret { "secrets:read" code: String }
      type Plain implements Secret { code: String }
      type Other { name: String }
      union Thing = Plain | Other
      type Query { secret: Secret plain: Plain thing: Thing }
    `);
    const readStrict = createRequirementsReader(strict);
    const needs = (text: string) =>
      denials(readStrict(parse(text)), { permissions: new Set() }, {}).map(
        ({ field, onlyOn }) => `${field} ${onlyOn ?? 'always'}`,
      );
    expect(needs('{ secret { code } }')).toEqual(['Secret.code always']);
    expect(needs('{ plain { code } }')).toEqual([]);
    expect(needs('{ thing { ... on Secret { code } } }')).toEqual(['Secret.code Secret']);
  });
});

describe('documents that are made to hurt', () => {
  /** A fragment on Customer that reads the name twice as often with each level. */
  const doubling = (levels: number) =>
    Array.from({ length: levels }, (_, n) => `fragment F${n + 1} on Customer { ...F${n} ...F${n} }`).join(
      ' ',
    );

  it('[SM] what fragments ask for again and again is kept once', () => {
    const text = `{ customers { ...F9 } } fragment F0 on Customer { name } ${doubling(9)}`;
    expect(read(parse(text)).fields.map(({ path }) => path.join('.'))).toEqual([
      'customers',
      'customers.name',
    ]);
    const twice = `query ($a: Boolean!) { customers { ...F @include(if: $a) ...F ...F @skip(if: $a) ...F } }
      fragment F on Customer { name ... @include(if: $a) { name } }`;
    expect(read(parse(twice)).fields.map(({ conditions }) => conditions.map(({ wanted }) => wanted))).toEqual(
      [[], [true], [], [false], [false, true]],
    );
  });

  it('[SM] more than four thousand selections are refused, however often they are the same', () => {
    const text = `{ customers { ...F12 } } fragment F0 on Customer { name } ${doubling(12)}`;
    expect(() => read(parse(text))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });

  it('[SM] a fragment is read at each place that it stands at', () => {
    const text = `{ customers { ...C } invoices { customer { ...C } other: customer { ...C } } }
      fragment C on Customer { taxId }`;
    expect(denied(text, ['customers:read', 'invoices:read'])).toEqual([
      'customers.taxId customers:tax',
      'invoices.customer.taxId customers:tax',
      'invoices.other.taxId customers:tax',
    ]);
  });

  it('[SM] fragments that double with each level are stopped', () => {
    const levels = Array.from(
      { length: 30 },
      (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
    );
    const text = `{ ...F0 } ${levels.join(' ')} fragment F30 on Query { hello }`;
    expect(() => read(parse(text))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });

  it('[AZ] a field without a permission is for nobody', () => {
    const silent = buildSchema('type Query { secret: String }');
    expect(() => createRequirementsReader(silent)(parse('{ secret }'))).toThrow(
      'Query.secret states no permission',
    );
  });
});
