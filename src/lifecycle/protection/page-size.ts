import { type DocumentNode, type GraphQLSchema, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { invalidInput } from '../../errors/invalid-input.ts';
import { problems } from '../../errors/problems.ts';
import { listArgumentsOf, pageArgumentsOf, type SizeArgument, type Variables } from './page-arguments.ts';

/**
 * [SM] Bounds `first` and `last` wherever they are, and the lists that a field answers with a list: `nodes(ids:)`.
 *
 * @returns a check of one request's variables. It throws Problem `BAD_USER_INPUT` for a negative size, and
 * `LIMIT_EXCEEDED` for one above the limit.
 */
export function limitPageSize(
  schema: GraphQLSchema,
  document: DocumentNode,
  max: number,
): (variables: Variables) => void {
  const found: (SizeArgument & { readonly field: string })[] = [];
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const definition = types.getFieldDef();
        if (!definition) return;
        for (const argument of [...pageArgumentsOf(node, definition), ...listArgumentsOf(node, definition)]) {
          found.push({ ...argument, field: node.name.value });
        }
      },
    }),
  );
  return (variables) => {
    for (const { field, name, size } of found) {
      const value = size(variables) ?? 0;
      if (value < 0) throw invalidInput([{ path: [field, name], message: 'A page has no negative size.' }]);
      if (value > max)
        throw problems.LIMIT_EXCEEDED(`"${field}" asks for ${value} at once; ${max} are allowed.`);
    }
  };
}
