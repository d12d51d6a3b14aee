import {
  BasePlugin,
  type PothosNameOutputFieldType,
  type PothosOutputFieldConfig,
  type PothosOutputFieldType,
  type SchemaTypes,
} from '@pothos/core';
import { defaultFieldResolver, type GraphQLFieldResolver } from 'graphql';
import { forbidden } from './errors.ts';
import { complete } from './load/complete.ts';
import { type Builder, loaderOf } from './schema/builder-loader.ts';
import { bringsWholeRows, entityOf, useOf } from './selection/field-use.ts';
import { rememberOriginal, transparent } from './shape/transparency.ts';

type Resolve<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;

/**
 * Sees to it that a row holds all that is selected of it before its fields are resolved, so that they need no more than
 * to read its properties.
 */
export class MikroOrmPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(resolver: Resolve<Types>, config: PothosOutputFieldConfig<Types>): Resolve<Types> {
    // The builder's other plugins wrap what this one gives, or it has to be the last of them.
    if (resolver === config.resolve) rememberOriginal(resolver);
    const loader = loaderOf(this.builder as unknown as Builder);
    const completed: Resolve<Types> = this.#mayLackFields(config)
      ? (parent, args, context, info) =>
          complete(loader, resolver(parent, args, context, info), context, info)
      : resolver;
    const use = useOf(config);
    const { allowed } = loader.options;
    if (!use || !allowed) {
      // A field that has no resolver is the cheapest.
      const isPlain =
        use?.kind === 'columns' &&
        use.shown === 'value' &&
        use.columns[0] === config.name &&
        resolver === config.resolve;
      return isPlain ? defaultFieldResolver : completed;
    }
    const wrapper: Resolve<Types> = (row, args, context, info) => {
      // Also where the row has it: another field may have asked for the same column.
      const field = info.parentType.getFields()[info.fieldName];
      if (field && !allowed(field, info.parentType, context)) {
        throw forbidden(`${info.parentType.name}.${info.fieldName} may not be seen.`);
      }
      return completed(row, args, context, info);
    };
    // What `allowed` says is in the plan.
    return transparent(wrapper, completed);
  }

  /** Whether a field gives rows that its resolver may have from elsewhere than the statement for its selection. */
  #mayLackFields(config: PothosOutputFieldConfig<Types>): boolean {
    if (bringsWholeRows(config)) return false;
    const { kind, ref } = namedType(config.type);
    if (kind === 'Object') return entityOf(this.builder.configStore.getTypeConfig(ref)) !== undefined;
    return kind === 'Interface' || kind === 'Union';
  }
}

const namedType = <Types extends SchemaTypes>(
  type: PothosOutputFieldType<Types>,
): PothosNameOutputFieldType<Types> => (type.kind === 'List' ? namedType(type.type) : type);
