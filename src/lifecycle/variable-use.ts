import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { fragmentsOf } from './protection/fragments.ts';

/** Where an operation uses its variables. */
export interface VariableUse {
  /** Variables that stand where null is not allowed: with a default they may be nullable, and null all the same. */
  readonly neverNull: ReadonlySet<string>;
  /** Whether one of them stands inside an object or a list that is written in the document: `{ name: $name }`. */
  readonly insideLiterals: boolean;
}

/** Reads a validated operation, the fragments that it spreads included. */
export function variableUseOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): VariableUse {
  const neverNull = new Set<string>();
  let insideLiterals = false;
  const types = new TypeInfo(schema);
  for (const definition of reachable(document, operation)) {
    visit(
      definition,
      visitWithTypeInfo(types, {
        VariableDefinition: () => false,
        Variable({ name }, _key, _parent, _path, ancestors) {
          if (isNonNullType(types.getInputType())) neverNull.add(name.value);
          if (ancestors.some(isLiteral)) insideLiterals = true;
        },
      }),
    );
  }
  return { neverNull, insideLiterals };
}

type Definition = OperationDefinitionNode | FragmentDefinitionNode;

function reachable(document: DocumentNode, operation: OperationDefinitionNode): ReadonlySet<Definition> {
  const fragments = fragmentsOf(document);
  const found = new Set<Definition>([operation]);
  // A set grows while it is walked through, so what is found here is looked into as well.
  for (const definition of found) {
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment) found.add(fragment);
      },
    });
  }
  return found;
}

function isLiteral(ancestor: ASTNode | readonly ASTNode[]): boolean {
  return 'kind' in ancestor && (ancestor.kind === Kind.OBJECT || ancestor.kind === Kind.LIST);
}
