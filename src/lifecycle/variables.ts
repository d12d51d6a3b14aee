import {
  coerceInputValue,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import type { InputIssue } from '../errors/invalid-input.ts';
import { textFaults } from './text.ts';

/** The variables as the schema has them, or everything that is wrong with them. */
export interface CoercedVariables {
  readonly values: Readonly<Record<string, unknown>>;
  readonly issues: readonly InputIssue[];
}

/** More faults than that tell nobody anything, and each costs time. */
const MAX_ISSUES = 50;

/**
 * Fits the variables of a request to the operation's types, and finds all their faults, each with its path. (The
 * executors stop at a message in prose.)
 *
 * @param neverNull variables that stand where null is not allowed; a nullable one with a default may be null all the same
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  neverNull: ReadonlySet<string>,
  given: Readonly<Record<string, unknown>>,
): CoercedVariables {
  const values: Record<string, unknown> = {};
  const issues: InputIssue[] = [];
  const report = (issue: InputIssue) => {
    if (issues.length < MAX_ISSUES) issues.push(issue);
  };
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) continue;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (defaultValue) values[name] = valueFromAST(defaultValue, type);
      else if (isNonNullType(type)) report({ path: [name], message: `A value of type ${type} is required.` });
      continue;
    }
    if (value === null && neverNull.has(name)) {
      report({ path: [name], message: 'This must not be null where it is used.' });
    }
    for (const { path, message } of textFaults(value)) report({ path: [name, ...path], message });
    values[name] = coerceInputValue(value, type, (path, _invalid, { message }) => {
      report({ path: [name, ...path], message });
    });
  }
  return { values, issues };
}
