import type { FieldRef, SchemaTypes } from '@pothos/core';
import type { Page } from '../connection/page.ts';
import type { RelationUse } from '../selection/field-use.ts';

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

/** A field builder of a schema that uses Pothos's Relay plugin. */
interface RelayFieldBuilder {
  connection(field: object, connection: object, edge: object): FieldRef<SchemaTypes>;
}

interface ConnectionFieldBuilder {
  field(options: object): FieldRef<SchemaTypes>;
}

/** A Relay connection: `edges`, `nodes`, `pageInfo` and, counted only when it is asked for, `totalCount`. */
export function connectionField(builder: object, options: LooseOptions): FieldRef<SchemaTypes> {
  if (!isRelay(builder)) throw new Error('Connections need Pothos\'s plugin "relay" (@pothos/plugin-relay).');
  const fields = (t: ConnectionFieldBuilder) => ({
    nodes: t.field({
      description: 'The rows of the page, without their cursors.',
      type: [options.type],
      nullable: false,
      resolve: ({ edges }: Page) => edges.map(({ node }) => node),
    }),
    totalCount: t.field({
      description: 'How many there are in all, whatever the page.',
      type: 'Int',
      nullable: false,
      resolve: ({ totalCount }: Page) => totalCount,
    }),
  });
  const nullability = { nullable: false, edgesNullable: false, nodeNullable: false };
  return builder.connection({ ...nullability, ...options }, { fields }, {});
}

const isRelay = (builder: object): builder is RelayFieldBuilder =>
  'connection' in builder && typeof builder.connection === 'function';
