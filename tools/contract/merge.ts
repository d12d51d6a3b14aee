import { createMockStore, type IMockStore, isRef } from '@graphql-tools/mock';
import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLFormattedError,
  type GraphQLResolveInfo,
  getNamedType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { KEY_ALIAS, type Operation } from './forward.ts';
import { mockedPage } from './mocked-page.ts';
import type { Contract } from './proposals.ts';
import { believableValues } from './values.ts';

/** What the gateway said to the real part. */
export interface RealResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Answers an operation: what is in the real result from there, the rest with mocked values. */
export type Merge = (operation: Operation, real: RealResult) => Promise<ExecutionResult>;

/** An object of the gateway's; whatever is not in it is only promised. */
class RealObject {
  readonly values: Readonly<Record<string, unknown>>;
  constructor(values: object) {
    this.values = { ...values };
  }
}

/** The same promised field of the same row has the same value as long as this lives. */
export function createMerge({ whole, promised }: Contract): Merge {
  const store = createMockStore({ schema: whole, mocks: believableValues(whole) });
  return async ({ document, operation, variables }, { data, errors = [] }) => {
    const byPath = new Map(errors.map((error) => [keyOf(error.path ?? []), error]));
    const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (source, args, _context, info) => {
      const name = `${info.parentType.name}.${info.fieldName}`;
      if (source instanceof RealObject && !promised.has(name)) return readReal(source, info, byPath);
      return readMock(source, args, info, store);
    };
    return execute({
      schema: whole,
      document,
      operationName: operation.name?.value,
      variableValues: variables,
      rootValue: new RealObject(data ?? {}),
      fieldResolver,
      typeResolver: (source) =>
        source instanceof RealObject ? String(source.values.__typename) : typeOfMock(source),
    });
  };
}

function readReal(
  { values }: RealObject,
  info: GraphQLResolveInfo,
  errors: ReadonlyMap<string, GraphQLFormattedError>,
): unknown {
  const isLeaf = isLeafType(getNamedType(info.returnType));
  const read = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (value === null) return errorAt(path, errors);
    if (Array.isArray(value)) return value.map((item, index) => read(item, [...path, index]));
    return typeof value === 'object' && value !== undefined && !isLeaf ? new RealObject(value) : value;
  };
  return read(values[String(info.path.key)], pathOf(info.path));
}

/** The error that made a place null, or null: an error deeper down has emptied all up to the next that may be null. */
function errorAt(path: readonly (string | number)[], errors: ReadonlyMap<string, GraphQLFormattedError>) {
  for (const [key, { message, extensions, path: of }] of errors) {
    if (key !== keyOf(path) && !key.startsWith(`${keyOf(path)} `)) continue;
    return new GraphQLError(message, { ...(of && { path: of }), extensions });
  }
  return null;
}

function readMock(
  source: unknown,
  args: Record<string, unknown>,
  info: GraphQLResolveInfo,
  store: IMockStore,
): unknown {
  const { fieldName, parentType, returnType } = info;
  const type = getNamedType(returnType);
  if (!isRef(source) && !(source instanceof RealObject)) {
    return typeof source === 'object' && source !== null ? Reflect.get(source, fieldName) : undefined;
  }
  const key = source instanceof RealObject ? keyOfReal(source, info) : source.$ref.key;
  if (isObjectType(type) && 'edges' in type.getFields() && 'pageInfo' in type.getFields()) {
    const edges = store.get(parentType.name, key, [fieldName, 'edges']);
    return mockedPage(
      Array.isArray(edges) ? edges.map((edge) => store.get(edge, 'node')).filter(isRef<string>) : [],
      args,
    );
  }
  const { id } = args;
  if (isObjectType(type) && 'id' in type.getFields() && typeof id === 'string')
    return store.get(type.name, id);
  return store.get({ typeName: parentType.name, key, fieldName, fieldArgs: args });
}

/** A row's own id, or the place where the row stands. */
function keyOfReal({ values }: RealObject, { path, parentType }: GraphQLResolveInfo): string {
  const { [KEY_ALIAS]: id } = values;
  if (typeof id === 'string') return id;
  return path.prev ? `${parentType.name} ${keyOf(pathOf(path.prev))}` : 'ROOT';
}

function typeOfMock(source: unknown): string | undefined {
  return isRef(source) ? source.$ref.typeName : undefined;
}

function pathOf(path: GraphQLResolveInfo['path'] | undefined): (string | number)[] {
  return path ? [...pathOf(path.prev), path.key] : [];
}

const keyOf = (path: readonly (string | number)[]) => path.join(' ');
