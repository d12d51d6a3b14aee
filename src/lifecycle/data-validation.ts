import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { invalidInput } from '../errors/invalid-input.ts';
import type { AboutToRun, LifecyclePlugin } from './context.ts';
import { isTooDeep } from './protection/input-depth.ts';
import { withoutSuggestions } from './protection/suggestions.ts';
import { variableUseOf } from './variable-use.ts';
import { type CoercionRequest, coerceVariables, declaredVariables } from './variables.ts';

export interface DataValidationOptions {
  readonly schema: GraphQLSchema;
  /** How many members a list may have. */
  readonly maxListLength: number;
  /** Whether the reply may say what names there are instead of a wrong one. */
  readonly suggestions: boolean;
}

/**
 * [DV] Do the variables fit? All their faults at once, before the caller's permissions are looked at and before
 * anything runs. (Rules of the business, which a type can't express, are checked where the field is resolved.)
 */
export function useDataValidation({
  schema,
  maxListLength,
  suggestions,
}: DataValidationOptions): LifecyclePlugin {
  /** What the operation says of its variables, whatever they are. */
  const known = new WeakMap<OperationDefinitionNode, Omit<CoercionRequest, 'given'>>();
  const check = ({ args: { document, contextValue, variableValues } }: AboutToRun) => {
    const { operation } = contextValue.exchange;
    const given = variableValues ?? {};
    refuseDepth(given);
    if (!operation?.node.variableDefinitions?.length) return;
    const { node } = operation;
    let expected = known.get(node);
    if (!expected) {
      const { neverNull } = variableUseOf(schema, document, node);
      expected = { declared: declaredVariables(schema, node), neverNull, maxListLength };
      known.set(node, expected);
    }
    const { values, issues } = coerceVariables({ ...expected, given });
    if (issues.length === 0) {
      operation.variables = values;
      return;
    }
    throw invalidInput(
      suggestions
        ? issues
        : issues.map(({ path, message }) => ({ path, message: withoutSuggestions(message) })),
    );
  };
  return { onExecute: check, onSubscribe: check };
}

/** Of all that was sent, declared or not: later phases make a digest of it, which recurses. */
function refuseDepth(given: Readonly<Record<string, unknown>>): void {
  const deep = Object.keys(given).find((name) => isTooDeep(given[name]));
  if (deep !== undefined) throw invalidInput([{ path: [deep], message: 'This is nested too deeply.' }]);
}
