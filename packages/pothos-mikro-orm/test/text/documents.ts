import fc from 'fast-check';
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** Arguments that fields are given, by `Type.field`. */
export type Arguments = Readonly<Record<string, readonly string[]>>;

/** Fields to leave out, `Type.field`: what SQL can't write, where only what it can is wanted. */
export interface Choice {
  readonly given: Arguments;
  readonly without: ReadonlySet<string>;
}

/** Random selections below a type: aliases, the same field twice, fragments, conditions, `__typename`. */
export function selections(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  depth: number,
  choice: Choice,
): fc.Arbitrary<string> {
  const fields = Object.values(type.getFields()).filter(
    (field) =>
      !choice.without.has(`${type.name}.${field.name}`) &&
      (!field.args.some(isRequiredArgument) || choice.given[`${type.name}.${field.name}`]) &&
      (depth > 0 || !isObjectType(getNamedType(field.type))),
  );
  const one = fc.constantFrom(...fields, undefined).chain((field): fc.Arbitrary<string> => {
    if (!field) return fc.constantFrom('__typename', 'type: __typename');
    const named = getNamedType(field.type);
    const below = isObjectType(named) ? selections(schema, named, depth - 1, choice) : fc.constant('');
    return fc
      .tuple(
        fc.constantFrom(...(choice.given[`${type.name}.${field.name}`] ?? [''])),
        fc.constantFrom('', '', ' @include(if: $yes)', ' @skip(if: $yes)', ' @include(if: $no)'),
        below,
        fc.boolean(),
      )
      .map(([args, condition, inner, aliased]) => {
        // An alias for each set of arguments: fields of one key must agree.
        const alias = aliased || args !== '' ? `a${args.replace(/\W/g, '')}_${field.name}: ` : '';
        return `${alias}${field.name}${args}${condition}${inner === '' ? '' : ` ${inner}`}`;
      });
  });
  const part = fc.oneof(
    { weight: 5, arbitrary: one },
    { weight: 1, arbitrary: fc.tuple(one, one).map((two) => `... on ${type.name} { ${two.join(' ')} }`) },
    { weight: 1, arbitrary: one.map((field) => `... @include(if: $yes) { ${field} }`) },
  );
  return fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `{ ${parts.join(' ')} }`);
}

/** A document of such a selection; a condition's variables are `$yes` and `$no`. */
export const documents = (schema: GraphQLSchema, choice: Choice): fc.Arbitrary<string> => {
  const query = schema.getQueryType();
  if (!query) throw new Error('There is no query type.');
  return selections(schema, query, 4, choice).map(
    (selection) =>
      `query ($yes: Boolean = true, $no: Boolean = false) { t: __typename @include(if: $yes) u: __typename @include(if: $no) ...All } fragment All on Query ${selection}`,
  );
};
