import {
  coerceInputValue,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import { type InputIssue, MAX_ISSUES } from '../errors/invalid-input.ts';
import { listFaults } from './protection/list-length.ts';
import { textFaults } from './text.ts';

export interface CoercionRequest {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  /** Variables that stand where null is not allowed; a nullable one with a default may be null all the same. */
  readonly neverNull: ReadonlySet<string>;
  /** How many members a list may have. */
  readonly maxListLength: number;
  /** The variables as they were sent; none of them endlessly deep. */
  readonly given: Readonly<Record<string, unknown>>;
}

/** The variables as the schema has them, or what is wrong with them. */
export interface CoercedVariables {
  readonly values: Readonly<Record<string, unknown>>;
  readonly issues: readonly InputIssue[];
}

/** To find more faults than are told would keep everybody else waiting. */
const ENOUGH = Symbol('enough issues');

/**
 * Fits the variables of a request to the operation's types, and finds their faults, each with its path: all of them,
 * up to fifty. (The executors stop at a message in prose.)
 */
export function coerceVariables(request: CoercionRequest): CoercedVariables {
  // A variable may have any name, `__proto__` too.
  const values: Record<string, unknown> = Object.create(null);
  const issues: InputIssue[] = [];
  const report = (issue: InputIssue) => {
    issues.push(issue);
    if (issues.length >= MAX_ISSUES) throw ENOUGH;
  };
  try {
    for (const [name, value] of coerceEach(request, report)) values[name] = value;
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
  return { values, issues };
}

function* coerceEach(
  { schema, operation, neverNull, maxListLength, given }: CoercionRequest,
  report: (issue: InputIssue) => void,
): Iterable<[string, unknown]> {
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) continue;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) {
      if (defaultValue) yield [name, valueFromAST(defaultValue, type)];
      else if (isNonNullType(type)) report({ path: [name], message: `A value of type ${type} is required.` });
      continue;
    }
    if (value === null && neverNull.has(name)) {
      report({ path: [name], message: 'This must not be null where it is used.' });
    }
    let tooLong = false;
    for (const { path, message } of listFaults(value, maxListLength)) {
      tooLong = true;
      report({ path: [name, ...path], message });
    }
    if (tooLong) continue;
    for (const { path, message } of textFaults(value)) report({ path: [name, ...path], message });
    const coerced = coerceInputValue(value, type, (path, _invalid, { message }) => {
      report({ path: [name, ...path], message });
    });
    yield [name, coerced];
  }
}
