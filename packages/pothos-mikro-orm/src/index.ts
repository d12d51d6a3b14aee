import SchemaBuilder from '@pothos/core';
import './global-types.ts';
import { MikroOrmPlugin } from './plugin.ts';
import './schema/entity-types.ts';
import './schema/root-fields.ts';

export { executeWithKysely } from './load/execute.ts';
export type { MikroOrmOptions } from './options.ts';
export { MikroOrmPlugin } from './plugin.ts';
export { defaultScalars } from './schema/scalars.ts';
export { columnsOf, entityOf } from './selection/field-use.ts';
export { type TextOperation, textOperation } from './shape/operation.ts';
export type { ColumnValue, ScalarText, ScalarTexts } from './shape/scalar-text.ts';
export type { GlobalIdText } from './shape/shaped-statement.ts';
export { ShapedText } from './shape/shaped-text.ts';
export { wasAbandoned } from './shape/text-schema.ts';
export { transparent } from './shape/transparency.ts';
export type { EntityInterfaceOptions, EntityNodeOptions, EntityObjectOptions } from './types/builder.ts';
export type { Criteria, ManyKeys, OneCriteria, ReadMany, ReadOne } from './types/criteria.ts';
export type {
  ColumnKeys,
  Columns,
  EntityClass,
  EntityRow,
  IsNullable,
  KnownColumns,
  PrimaryKeys,
  RelationsTo,
  Target,
  ToManyKeys,
  ToOneKeys,
  Value,
} from './types/entity.ts';
export type { EntityFieldBuilder, PageSizes, RelationOptions } from './types/fields.ts';
export type {
  EntityInterfaceRef,
  EntityObjectRef,
  EntityParam,
  EntityRef,
  EntityUnionRef,
} from './types/refs.ts';

const pluginName = 'mikroOrm' as const;

SchemaBuilder.registerPlugin(pluginName, MikroOrmPlugin);

/**
 * The plugin's name, for the builder's list of plugins.
 *
 * @example
 * new SchemaBuilder<{ Context: Context }>({
 *   plugins: [relay, pothosMikroOrm],
 *   relay: {},
 *   mikroOrm: { orm, em: ({ em }) => em },
 * });
 */
export default pluginName;
