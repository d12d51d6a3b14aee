import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { transparent } from '../../src/index.ts';

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      wrappingForTextTests: WrappingPlugin<Types>;
    }
  }
}

type Resolve = GraphQLFieldResolver<unknown, object, object>;

/** Wraps resolvers as their fields' extensions say. */
export class WrappingPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolve, { extensions }: PothosOutputFieldConfig<Types>): Resolve {
    if (extensions?.shout) return async (...call) => `${await resolver(...call)}!`;
    if (!extensions?.quiet) return resolver;
    const wrapper: Resolve = (...call) => resolver(...call);
    return transparent(wrapper, resolver, (context) => !('denied' in context));
  }
}

const name = 'wrappingForTextTests';
SchemaBuilder.registerPlugin(name, WrappingPlugin);
export default name;
