import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInputObjectType,
  isInputType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Contract } from './proposals.ts';

export interface Operation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface RealPart extends Operation {
  /** Nothing of the operation is built; its real part asks for `__typename` alone. */
  readonly empty: boolean;
  /** The operation is real as a whole. */
  readonly whole: boolean;
}

/** The alias under which a row's id is asked for, to mock the same values for the same row. */
export const KEY_ALIAS = 'insula_mock_key';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
const KEY: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: KEY_ALIAS },
  name: { kind: Kind.NAME, value: 'id' },
};

/** What of an operation the gateway can answer: without fields, types and input that are only promised. */
export function realPart({ document, operation, variables }: Operation, contract: Contract): RealPart {
  const { built, whole, promised } = contract;
  const info = new TypeInfo(whole);
  const extended = new Set([...promised].map((coordinate) => coordinate.split('.')[0]));
  let removed = 0;
  const remove = () => {
    removed++;
    return null;
  };
  const isPromisedType = (name: string | undefined) => name !== undefined && !built.getType(name);
  const dropped = new Set(
    document.definitions.filter(
      (one): one is FragmentDefinitionNode =>
        one.kind === Kind.FRAGMENT_DEFINITION && isPromisedType(one.typeCondition.name.value),
    ),
  );
  const droppedNames = new Set([...dropped].map(({ name }) => name.value));

  const real = visit(
    document,
    visitWithTypeInfo(info, {
      OperationDefinition: (node) => (node === operation ? undefined : null),
      FragmentDefinition: (node) => (dropped.has(node) ? remove() : undefined),
      FragmentSpread: ({ name }) => (droppedNames.has(name.value) ? remove() : undefined),
      InlineFragment: ({ typeCondition }) =>
        isPromisedType(typeCondition?.name.value) ? remove() : undefined,
      Field({ name: { value: name } }) {
        if (name === '__schema' || name === '__type') return remove();
        return promised.has(`${info.getParentType()?.name}.${name}`) ? remove() : undefined;
      },
      ObjectField({ name: { value: name } }) {
        const type = info.getParentInputType();
        return type && promised.has(`${getNamedType(type)}.${name}`) ? remove() : undefined;
      },
      SelectionSet: {
        leave(node): SelectionSetNode {
          const type = info.getParentType();
          const selections = [...node.selections];
          if (isObjectType(type) && extended.has(type.name) && type.getFields().id) selections.push(KEY);
          if (selections.length === 0 || isAbstractType(type)) selections.push(TYPENAME);
          return { ...node, selections };
        },
      },
    }),
  );
  const used = withUsedParts(real);
  const stripped = stripVariables(used.operation, variables, contract);
  const empty = used.operation.selectionSet.selections.every(
    (selection) => selection.kind === Kind.FIELD && selection.name.value === '__typename',
  );
  return { ...used, variables: stripped.values, empty, whole: removed + stripped.removed === 0 };
}

/** The operation with the fragments that it still spreads and the variables that it still uses. */
function withUsedParts(document: DocumentNode): Pick<Operation, 'document' | 'operation'> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
  }
  if (!operation) throw new Error('The document has lost its operation.');
  const reached = new Set<FragmentDefinitionNode>();
  const names = new Set<string>();
  const follow = (node: FragmentDefinitionNode | SelectionSetNode) => {
    visit(node, {
      Variable: ({ name }) => void names.add(name.value),
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || reached.has(fragment)) return;
        reached.add(fragment);
        follow(fragment);
      },
    });
  };
  follow(operation.selectionSet);
  const { variableDefinitions = [] } = operation;
  const kept: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: variableDefinitions.filter(({ variable }) => names.has(variable.name.value)),
  };
  return { operation: kept, document: { kind: Kind.DOCUMENT, definitions: [kept, ...reached] } };
}

/** The values of the variables that are left, without input fields that are only promised. */
function stripVariables(
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Operation['variables'],
  { whole, promised }: Contract,
) {
  let removed = 0;
  function strip(value: unknown, type: GraphQLInputType): unknown {
    const nullable = getNullableType(type);
    if (Array.isArray(value) && isListType(nullable))
      return value.map((item) => strip(item, nullable.ofType));
    if (!isInputObjectType(nullable) || typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([name]) => !promised.has(`${nullable.name}.${name}`));
    removed += Object.keys(value).length - entries.length;
    const fields = nullable.getFields();
    return Object.fromEntries(
      entries.map(([name, inner]) => {
        const field = fields[name];
        return [name, field ? strip(inner, field.type) : inner];
      }),
    );
  }
  const values: Record<string, unknown> = {};
  for (const { variable, type: node } of variableDefinitions) {
    const { value: name } = variable.name;
    const type = typeFromAST(whole, node);
    if (name in variables && isInputType(type)) values[name] = strip(variables[name], type);
  }
  return { values, removed };
}
