import { type FieldRef, ObjectRef, type SchemaTypes } from '@pothos/core';
import type { Page } from '../connection/page.ts';
import { bringingWholeRows, extend, type RelationUse } from '../selection/field-use.ts';
import type { Builder } from './builder-loader.ts';

/** A field's options, once their types were checked at the surface. */
export interface LooseOptions {
  readonly type?: unknown;
  readonly nullable?: unknown;
  readonly extensions?: unknown;
  readonly query?: RelationUse['query'];
  readonly defaultSize?: number;
  readonly maxSize?: number;
  /** What Pothos and other plugins make of it. */
  readonly [option: string]: unknown;
}

type TypeRef = ObjectRef<SchemaTypes, unknown>;

/** A field builder of a schema that uses Pothos's Relay plugin. */
interface RelayFieldBuilder {
  readonly builder: Builder;
  connection(field: object, connection: TypeRef): FieldRef<SchemaTypes>;
}

interface RelayBuilder {
  connectionObject(connection: object, edge: object): TypeRef;
}

interface ConnectionFieldBuilder {
  field(options: object): FieldRef<SchemaTypes>;
}

/**
 * A Relay connection: `edges`, `nodes`, `pageInfo` and, counted only when it is asked for, `totalCount`. All
 * connections of one type share theirs: `InvoiceConnection`, with `InvoiceEdge`.
 */
export function connectionField(fieldBuilder: object, options: LooseOptions): FieldRef<SchemaTypes> {
  if (!isRelay(fieldBuilder)) {
    throw new Error('Connections need Pothos\'s plugin "relay" (@pothos/plugin-relay).');
  }
  const { builder } = fieldBuilder;
  const ref = new ObjectRef<SchemaTypes, unknown>('Unnamed connection');
  const field = fieldBuilder.connection({ nullable: false, ...options }, ref);
  // Not before: the type has its name when it is defined, which may be after this field.
  field.onFirstUse(() => {
    builder.configStore.associateParamWithRef(ref, connectionType(builder, options.type));
  });
  return field;
}

const shared = new WeakMap<Builder, Map<string, TypeRef>>();

function connectionType(builder: Builder, type: unknown): TypeRef {
  const { name } = builder.configStore.getTypeConfig(type as never);
  const known = shared.get(builder) ?? new Map<string, TypeRef>();
  shared.set(builder, known);
  const connection = known.get(name) ?? makeConnectionType(builder, type, name);
  known.set(name, connection);
  return connection;
}

function makeConnectionType(builder: Builder, type: unknown, name: string): TypeRef {
  const fields = (t: ConnectionFieldBuilder) => ({
    nodes: t.field({
      description: 'The rows of the page, without their cursors.',
      type: [type],
      nullable: false,
      extensions: bringingWholeRows(undefined),
      resolve: ({ edges }: Page) => edges.map(({ node }) => node),
    }),
    totalCount: t.field({
      description: 'How many there are in all, whatever the page.',
      type: 'Int',
      nullable: false,
      resolve: ({ totalCount }: Page) => totalCount,
    }),
  });
  return (builder as unknown as RelayBuilder).connectionObject(
    {
      name: `${name}Connection`,
      description: `One page of a list of \`${name}\`.`,
      type,
      edgesNullable: false,
      nodeNullable: false,
      extensions: extend(undefined, { page: 'connection' }),
      edgesField: { description: 'The rows of the page, each with its cursor.' },
      fields,
    },
    {
      name: `${name}Edge`,
      description: `A row of a page: \`${name}\`, with its place in the list.`,
      extensions: extend(undefined, { page: 'edge' }),
      nodeField: { description: 'The row itself.', extensions: bringingWholeRows(undefined) },
    },
  );
}

const isRelay = (builder: object): builder is RelayFieldBuilder =>
  'connection' in builder && typeof builder.connection === 'function';
