import fc from 'fast-check';
import {
  buildSchema,
  execute,
  type GraphQLCompositeType,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { expect, it } from 'vitest';
import { takesPart } from '../../../src/authorization/conditions.ts';
import { createRequirementsReader } from '../../../src/authorization/document.ts';

const schema = buildSchema(`
  interface Node { id: ID }
  type Customer implements Node { id: ID name: String invoices: [Invoice] things: [Thing] }
  type Invoice implements Node { id: ID number: String customer: Customer nodes: [Node] }
  union Thing = Customer | Invoice
  type Query { hello: String customer: Customer invoices: [Invoice] nodes: [Node] things: [Thing] }
`);

/** Each object type's field needs a permission of its own name; the interface's own are public. */
function givePermissions(): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isCompositeType(type) || isUnionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      field.extensions = { permission: isObjectType(type) ? `${type.name}.${field.name}` : 'public' };
    }
  }
}

/** Answers with one object of each type that can come, so that all that is asked for is resolved. */
const answer: GraphQLFieldResolver<unknown, Set<string>> = (_source, _args, resolved, info) => {
  const keys: string[] = [];
  for (let at: typeof info.path | undefined = info.path; at; at = at.prev) {
    if (typeof at.key === 'string') keys.unshift(at.key);
  }
  resolved.add(`${keys.join('.')} ${info.parentType.name}.${info.fieldName}`);
  const type = getNamedType(info.returnType);
  if (!isCompositeType(type)) return 'value';
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const objects = types.map(({ name }) => ({ __typename: name }));
  return isListType(info.returnType) ? objects : objects[0];
};

/** A random operation: aliases, fragments of all kinds on all types, directives with literals and variables. */
function randomDocument(pick: (below: number) => number): string {
  const fragments: string[] = [];
  const one = <Item>(items: readonly Item[]): Item => items[pick(items.length)] as Item;
  const directive = () =>
    one(['', '', '', '@skip(if: $a)', '@include(if: $b)', '@include(if: false)', '@skip(if: false)']);

  function set(type: GraphQLCompositeType, depth: number): string {
    const selections = Array.from({ length: 1 + pick(3) }, () => selection(type, depth));
    return `{ __typename ${selections.join(' ')} }`;
  }
  function selection(type: GraphQLCompositeType, depth: number): string {
    const kind = pick(5);
    if (kind === 0 && depth > 0) return `... ${directive()} ${set(type, depth - 1)}`;
    if (kind <= 2 && depth > 0) {
      const narrower = one(fitting(schema, type));
      const body = set(narrower, depth - 1);
      if (kind === 1) return `... on ${narrower.name} ${directive()} ${body}`;
      fragments.push(`fragment F${fragments.length} on ${narrower.name} ${body}`);
      return `...F${fragments.length - 1} ${directive()}`;
    }
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const usable = fields.filter((field) => depth > 0 || !isCompositeType(getNamedType(field.type)));
    if (usable.length === 0) return '__typename';
    const { name, type: fieldType } = one(usable);
    const named = getNamedType(fieldType);
    return `${one(['', `other_${name}: `])}${name} ${directive()} ${isCompositeType(named) ? set(named, depth - 1) : ''}`;
  }
  const root = set(schema.getQueryType() as GraphQLCompositeType, 5);
  return `query ($a: Boolean! = false, $b: Boolean!) { hello @skip(if: $a) @include(if: $b) ...${root} } ${fragments.join(' ')}`;
}

/** The types on which a fragment within `type` makes sense. */
function fitting(from: GraphQLSchema, type: GraphQLCompositeType): GraphQLCompositeType[] {
  const possible = (each: GraphQLCompositeType) =>
    isAbstractType(each) ? from.getPossibleTypes(each) : [each];
  return Object.values(from.getTypeMap())
    .filter(isCompositeType)
    .filter((each) => possible(each).some((object) => possible(type).includes(object)));
}

it('[AZ] whatever the document, exactly the fields that execution resolves are asked about', () => {
  givePermissions();
  const read = createRequirementsReader(schema);
  fc.assert(
    fc.property(fc.gen(), (next) => {
      const text = randomDocument((below) => next(fc.nat, { max: below - 1 }));
      const document = parse(text);
      expect(validate(schema, document)).toEqual([]);
      const variables = { b: next(fc.boolean), ...(next(fc.boolean) && { a: next(fc.boolean) }) };

      const resolved = new Set<string>();
      const result = execute({
        schema,
        document,
        variableValues: variables,
        contextValue: resolved,
        fieldResolver: answer,
      });
      expect(result).not.toHaveProperty('errors');

      const asked = read(document)
        .fields.filter(({ conditions }) => takesPart(conditions, variables))
        .map(({ path, field }) => `${path.join('.')} ${field}`);
      expect([...new Set(asked)].sort()).toEqual([...resolved].sort());
    }),
    { numRuns: 300 },
  );
});
