import { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import { forbidden } from './errors.ts';
import { loadMissing } from './load/missing.ts';
import { type Builder, loaderOf } from './schema/builder-loader.ts';
import { type FieldUse, useOf } from './selection/field-use.ts';
import { hasColumns, slotOf } from './selection/loaded-row.ts';
import { rememberOriginal, transparent } from './shape/transparency.ts';

type Resolve<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;

/** Loads what a row lacks when a field is resolved that its own statement did not foresee. */
export class MikroOrmPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolve<Types>, config: PothosOutputFieldConfig<Types>): Resolve<Types> {
    // The builder's other plugins wrap what this one gives, or it has to be the last of them.
    if (resolver === config.resolve) rememberOriginal(resolver);
    const use = useOf(config);
    if (!use) return resolver;
    const builder = this.builder as unknown as Builder;
    const wrapper: Resolve<Types> = (row, args, context, info) => {
      const loader = loaderOf(builder);
      const { allowed } = loader.options;
      if (allowed) {
        // Also where the row has it: another field may have asked for the same column.
        const field = info.parentType.getFields()[info.fieldName];
        if (field && !allowed(field, info.parentType, context)) {
          throw forbidden(`${info.parentType.name}.${info.fieldName} may not be seen.`);
        }
      }
      if (isLoaded(use, row, info)) return resolver(row, args, context, info);
      return loadMissing(loader, row, context, info).then((loaded) => resolver(loaded, args, context, info));
    };
    // What `allowed` says is in the plan.
    return transparent(wrapper, resolver);
  }
}

const isLoaded = (use: FieldUse, row: unknown, info: GraphQLResolveInfo): boolean =>
  use.kind === 'columns' ? hasColumns(row, use.columns) : slotOf(row, info.fieldNodes[0]) !== undefined;
