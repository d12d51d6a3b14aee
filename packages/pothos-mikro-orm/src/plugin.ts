import { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver, GraphQLResolveInfo } from 'graphql';
import { forbidden } from './errors.ts';
import { loadMissing } from './load/missing.ts';
import { type Builder, loaderOf } from './schema/builder-loader.ts';
import { type FieldUse, useOf } from './selection/field-use.ts';
import { hasColumns, slotOf, viewIn } from './selection/loaded-row.ts';

type Resolve<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;

/** Loads what a row lacks when a field is resolved that its own statement did not foresee. */
export class MikroOrmPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolve<Types>, config: PothosOutputFieldConfig<Types>): Resolve<Types> {
    const use = useOf(config);
    if (!use) return resolver;
    const builder = this.builder as unknown as Builder;
    return (row, args, context, info) => {
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
  }
}

function isLoaded(use: FieldUse, row: unknown, info: GraphQLResolveInfo): boolean {
  const [node] = info.fieldNodes;
  switch (use.kind) {
    case 'columns':
      return hasColumns(row, use.columns);
    case 'variant':
      return hasColumns(row, use.columns) && viewIn(row, node) !== undefined;
    default:
      return slotOf(row, node) !== undefined;
  }
}
