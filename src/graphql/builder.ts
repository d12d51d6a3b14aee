import type { MetadataStorage } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import SchemaBuilder from '@pothos/core';
import relay from '@pothos/plugin-relay';
import mikroOrm from '#pothos-mikro-orm';
import { PUBLIC } from '../authorization/roles.ts';
import type { RequestContext } from '../session/context.ts';
import { assertNode, decodeGlobalId, encodeGlobalId, globalIdText } from './global-id.ts';
import permissions, { permissionOf } from './permissions-plugin.ts';
import { scalarTexts } from './scalar-texts.ts';
import { type ScalarTypes, scalars } from './scalars.ts';
import validation from './validation-plugin.ts';

// Once more for the types of the package: its declaration files keep only imports like these, and without them the
// builder of a project has no permissions, rules, global ids and entities.
import '@pothos/plugin-relay';
import '#pothos-mikro-orm';
import './permissions-plugin.ts';
import './validation-plugin.ts';

/** What the builder knows of every module's types. */
export interface InsulaSchemaTypes {
  Context: RequestContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: ScalarTypes;
}

/** The builder that a module's `types` function receives. */
export type InsulaBuilder = ReturnType<typeof createBuilder>;

export interface BuilderOptions {
  /** The ORM whose entities the modules' types read; asked for metadata alone. */
  readonly orm: { getMetadata(): MetadataStorage };
  /** Every permission that a module declares. */
  readonly permissions: ReadonlySet<string>;
  /** Rows of a page when the client doesn't say. */
  readonly defaultPageSize: number;
  /** Rows of a page at the most; asking for more is refused. */
  readonly maxPageSize: number;
}

/** What Relay's own arguments and fields say of themselves. */
const pageDescriptions = {
  firstArgOptions: { description: 'As many rows, from the beginning or after `after`.' },
  lastArgOptions: { description: 'As many rows, from the end or before `before`.' },
  afterArgOptions: { description: 'A cursor: only rows after it.' },
  beforeArgOptions: { description: 'A cursor: only rows before it.' },
  cursorFieldOptions: { description: 'The place of the row in its list, for `after` and `before`.' },
  pageInfoFieldOptions: { description: 'Where the page stands in its list.' },
  hasNextPageFieldOptions: { description: 'Whether rows follow after this page.' },
  hasPreviousPageFieldOptions: { description: 'Whether rows come before this page.' },
  startCursorFieldOptions: { description: 'The cursor of the first row; null on an empty page.' },
  endCursorFieldOptions: { description: 'The cursor of the last row; null on an empty page.' },
};

/** A schema builder with the gateway's scalars, Relay's conventions, validation, permissions and the read path. */
export function createBuilder(options: BuilderOptions) {
  const builder = new SchemaBuilder<InsulaSchemaTypes>({
    plugins: [permissions, relay, validation, mikroOrm],
    permissions: options.permissions,
    defaultFieldNullability: false,
    relay: {
      encodeGlobalID: encodeGlobalId,
      decodeGlobalID: decodeGlobalId,
      clientMutationId: 'omit',
      cursorType: 'String',
      edgesFieldOptions: { nullable: { list: false, items: false } },
      nodeFieldOptions: { nullable: false },
      nodesOnConnection: true,
      ...pageDescriptions,
      // The id of a row that is shown; whether it is, `visible` and the policies say.
      idFieldOptions: { permission: PUBLIC, description: 'The global id.' },
      nodeTypeOptions: { permission: PUBLIC, description: 'Anything that has a global id.' },
      pageInfoTypeOptions: { permission: PUBLIC, description: 'Where a page stands in its list.' },
      nodeQueryOptions: {
        resolve: (_root, { id }, _context, { schema }, resolveNode) => resolveNode(assertNode(schema, id)),
        permission: PUBLIC,
        description: 'The thing with that global id, if the caller may see it.',
        args: { id: { description: 'Its global id.' } },
      },
      nodesQueryOptions: {
        resolve: (_root, { ids }, _context, { schema }, resolveNodes) =>
          resolveNodes(ids.map((id) => assertNode(schema, id))),
        permission: PUBLIC,
        description: 'The things with those global ids, in that order.',
        args: { ids: { description: 'Their global ids.' } },
      },
      defaultConnectionTypeOptions: { permission: PUBLIC },
      defaultEdgeTypeOptions: { permission: PUBLIC },
    },
    mikroOrm: {
      metadata: options.orm.getMetadata(),
      em: (context: RequestContext): SqlEntityManager => context.em,
      visible: (type, { principal }) => principal.may(permissionOf(type)),
      defaultSize: options.defaultPageSize,
      maxSize: options.maxPageSize,
      texts: scalarTexts,
      globalIdText,
    },
  });
  for (const [name, scalar] of Object.entries(scalars)) {
    builder.addScalarType(name as keyof typeof scalars, scalar);
  }
  return builder;
}
