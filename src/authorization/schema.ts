import { type GraphQLSchema, isInterfaceType, isIntrospectionType, isObjectType } from 'graphql';

/**
 * Makes sure that no field was forgotten: each states in its extensions the permission that it needs, or `public`.
 *
 * @throws Error that names every field which states none.
 */
export function assertEveryFieldStatesItsPermission(schema: GraphQLSchema): void {
  const silent: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const { name, extensions } of Object.values(type.getFields())) {
      if (typeof extensions.permission !== 'string' || extensions.permission === '')
        silent.push(`${type.name}.${name}`);
    }
  }
  if (silent.length === 0) return;
  throw new Error(
    `These fields state no permission (say "public" where every member may have them): ${silent.join(', ')}.`,
  );
}
