import { defaultFieldResolver, type GraphQLField } from 'graphql';

/** Whether a request may have a field, whatever the row. */
export type Guard = (context: object) => boolean;

interface Wrapper {
  readonly inner: object;
  readonly guard: Guard | undefined;
}

const wrappers = new WeakMap<object, Wrapper>();
const originals = new WeakSet<object>();

/**
 * For plugins that wrap resolvers: declares that a wrapper hands on what the resolver inside gives, as it is, and at
 * most refuses. Fields with any other wrapper are never written by SQL.
 *
 * @param guard whether it lets the request pass; where it doesn't, the resolvers run and it refuses itself
 * @returns the wrapper
 */
export function transparent<Resolve extends object>(wrapper: Resolve, inner: object, guard?: Guard): Resolve {
  wrappers.set(wrapper, { inner, guard });
  return wrapper;
}

/** Remembers a resolver that no plugin has wrapped yet. */
export function rememberOriginal(resolve: object): void {
  originals.add(resolve);
}

/** What guards a field that shows exactly what its own resolver gives; undefined for any other. */
export function guardsOf(field: GraphQLField<unknown, unknown>): readonly Guard[] | undefined {
  const mappers = field.extensions.pothosArgMappers;
  // Pothos hides the resolver of a field whose arguments are mapped.
  if (Array.isArray(mappers) && mappers.length > 0) return undefined;
  const guards: Guard[] = [];
  // Nobody wrapped GraphQL's own way.
  if (!field.resolve) return guards;
  let resolve: object = field.resolve;
  for (let wrapper = wrappers.get(resolve); wrapper; wrapper = wrappers.get(resolve)) {
    if (wrapper.guard) guards.push(wrapper.guard);
    resolve = wrapper.inner;
  }
  return resolve === defaultFieldResolver || originals.has(resolve) ? guards : undefined;
}
