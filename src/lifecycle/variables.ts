import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import { type InputIssue, MAX_ISSUES } from '../errors/invalid-input.ts';
import { listFaults } from './protection/list-length.ts';
import { textFaults } from './text.ts';

/** A variable that an operation declares. */
export interface DeclaredVariable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly defaultValue: ValueNode | undefined;
}

export interface CoercionRequest {
  readonly declared: readonly DeclaredVariable[];
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

/** The variables of an operation; the same at each request, so they are read once. */
export function declaredVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): DeclaredVariable[] {
  return variableDefinitions.flatMap(({ variable, type: typeNode, defaultValue }) => {
    const type = typeFromAST(schema, typeNode);
    return isInputType(type) ? [{ name: variable.name.value, type, defaultValue }] : [];
  });
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
  { declared, neverNull, maxListLength, given }: CoercionRequest,
  report: (issue: InputIssue) => void,
): Iterable<[string, unknown]> {
  for (const { name, type, defaultValue } of declared) {
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
