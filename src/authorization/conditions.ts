import type { OperationDefinitionNode, SelectionNode } from 'graphql';

/** A variable that decides, through @skip or @include, whether a selection takes part. */
export interface Condition {
  readonly variable: string;
  /** The selection takes part unless the variable is the opposite. */
  readonly wanted: boolean;
  /** The variable's default in the document. */
  readonly default: boolean | undefined;
}

/** The defaults of the operation's boolean variables. */
export function booleanDefaults(operation: OperationDefinitionNode): ReadonlyMap<string, boolean> {
  const defaults = new Map<string, boolean>();
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    if (defaultValue?.kind === 'BooleanValue') defaults.set(variable.name.value, defaultValue.value);
  }
  return defaults;
}

/** @returns what a selection's own directives ask, or undefined when they leave it out whatever the variables are. */
export function conditionsOf(
  selection: SelectionNode,
  defaults: ReadonlyMap<string, boolean>,
): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const { name, arguments: [argument] = [] } of selection.directives ?? []) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const wanted = name.value === 'include';
    if (argument?.value.kind === 'BooleanValue' && argument.value.value !== wanted) return undefined;
    if (argument?.value.kind !== 'Variable') continue;
    const variable = argument.value.name.value;
    conditions.push({ variable, wanted, default: defaults.get(variable) });
  }
  return conditions;
}

/** A variable of which nothing sensible is known counts as taking part: authorization must not depend on it. */
export function takesPart(
  conditions: readonly Condition[],
  variables: Readonly<Record<string, unknown>> | null | undefined,
): boolean {
  return conditions.every((condition) => {
    const given = variables?.[condition.variable];
    return (given === undefined ? condition.default : given) !== !condition.wanted;
  });
}
