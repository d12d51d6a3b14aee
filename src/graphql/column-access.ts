import type { EntityMetadata, EntityProperty, MetadataStorage } from '@mikro-orm/core';
import { type GraphQLSchema, isObjectType } from 'graphql';
import { columnsOf, entityOf } from '#pothos-mikro-orm';
import type { Principal } from '../authorization/principal.ts';
import type { InsulaBuilder } from './builder.ts';
import { encodeGlobalId } from './global-id.ts';

/** What a caller may see of rows that come as they are in the table, not through the type over them. */
export interface ColumnAccess {
  /**
   * A row without what the caller may not see: what is `hidden()` in its entity, and columns that the API shows, but only
   * to others. A column that no field shows is seen by everybody who may see the row.
   */
  seen(principal: Principal, table: string, row: Row): Row;
  /** The row's primary key. */
  keyOf(table: string, row: Row): Row;
  /** The row's global id; undefined when the API has no node for it. */
  globalId(table: string, id: string): string | undefined;
  /** The table of the rows whose node type this is. */
  tableOf(typename: string): string | undefined;
}

type Row = Readonly<Record<string, unknown>>;

interface Table {
  readonly key: readonly string[];
  readonly hidden: ReadonlySet<string>;
  /** For a column that fields show: the permissions of which each is enough. */
  readonly needs: Map<string, Set<string>>;
  node: string | undefined;
}

/** Reads from entities and the finished schema who may see which column. */
export function createColumnAccess(builder: InsulaBuilder): (schema: GraphQLSchema) => ColumnAccess {
  const known = new WeakMap<GraphQLSchema, ColumnAccess>();
  return (schema) => {
    const access = known.get(schema) ?? accessOf(readTables(schema, builder.options.mikroOrm.metadata));
    known.set(schema, access);
    return access;
  };
}

function readTables(schema: GraphQLSchema, metadata: MetadataStorage | undefined): Map<string, Table> {
  const tables = new Map<string, Table>();
  for (const entity of metadata?.getAll().values() ?? []) {
    const hidden = entity.props.filter((property) => property.hidden).flatMap(columnsIn);
    const key = entity.primaryKeys.flatMap((name) => columnsNamed(entity, name));
    // Entities of one hierarchy share a table.
    const before = tables.get(entity.tableName)?.hidden ?? [];
    tables.set(entity.tableName, {
      key,
      hidden: new Set([...before, ...hidden]),
      needs: new Map(),
      node: undefined,
    });
  }
  for (const type of Object.values(schema.getTypeMap())) {
    const entity = entityOf(type);
    const table = entity && tables.get(entity.tableName);
    if (!table || !isObjectType(type)) continue;
    if (type.getInterfaces().some(({ name }) => name === 'Node')) table.node ??= type.name;
    for (const field of Object.values(type.getFields())) {
      const permission = String(field.extensions.permission);
      for (const column of columnsOf(field).flatMap((name) => columnsNamed(entity, name))) {
        table.needs.set(column, (table.needs.get(column) ?? new Set()).add(permission));
      }
    }
  }
  return tables;
}

const columnsIn = ({ fieldNames }: EntityProperty): readonly string[] => fieldNames ?? [];

const columnsNamed = (entity: EntityMetadata, name: string): readonly string[] =>
  entity.props.filter((property) => property.name === name).flatMap(columnsIn);

function accessOf(tables: ReadonlyMap<string, Table>): ColumnAccess {
  const types = new Map([...tables].flatMap(([name, { node }]) => (node ? [[node, name] as const] : [])));
  return {
    seen(principal, table, row) {
      const { hidden, needs } = tables.get(table) ?? { hidden: new Set(), needs: new Map() };
      const maySee = (column: string) => {
        const permissions: ReadonlySet<string> | undefined = needs.get(column);
        const shown = !permissions || [...permissions].some((permission) => principal.may(permission));
        return !hidden.has(column) && shown;
      };
      return Object.fromEntries(Object.entries(row).filter(([column]) => maySee(column)));
    },
    keyOf: (table, row) =>
      Object.fromEntries((tables.get(table)?.key ?? ['id']).map((column) => [column, row[column]])),
    globalId(table, id) {
      const node = tables.get(table)?.node;
      return node && encodeGlobalId(node, id);
    },
    tableOf: (typename) => types.get(typename),
  };
}
