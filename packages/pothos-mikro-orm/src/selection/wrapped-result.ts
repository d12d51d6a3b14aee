import { type FieldNode, type GraphQLNamedType, getNamedType, isObjectType } from 'graphql';
import { collectFields, type DocumentScope } from './collect-fields.ts';

/** Where the data is in a result: through which field of which of its types. */
interface Step {
  readonly type?: string;
  readonly name: string;
}

interface Selected {
  readonly type: GraphQLNamedType;
  readonly nodes: readonly FieldNode[];
}

/** Pothos's convention by which a plugin says that its type wraps another: the errors plugin's result unions do. */
function pathOf(type: GraphQLNamedType): readonly Step[] {
  const wraps = type.extensions.pothosIndirectInclude as { readonly path?: readonly Step[] } | undefined;
  return wraps?.path ?? [];
}

/** Whether what is selected of the type is another type's, some fields below. */
export const isWrapped = (type: GraphQLNamedType): boolean => pathOf(type).length > 0;

/** What is selected of the wrapped type: once for each alias under which the result shows it. */
export function unwrapped(
  scope: DocumentScope,
  type: GraphQLNamedType,
  nodes: readonly FieldNode[],
): Selected[] {
  let found: Selected[] = [{ type, nodes }];
  for (const step of pathOf(type)) found = found.flatMap((one) => below(scope, one, step));
  return found;
}

function below(scope: DocumentScope, { type, nodes }: Selected, step: Step): Selected[] {
  const holder = step.type === undefined ? type : scope.schema.getType(step.type);
  if (!isObjectType(holder)) return [];
  const field = holder.getFields()[step.name];
  if (!field) return [];
  return [...collectFields(scope, holder, nodes).values()]
    .filter(([node]) => node?.name.value === step.name)
    .map((inner) => ({ type: getNamedType(field.type), nodes: inner }));
}
