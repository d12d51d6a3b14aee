import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  PothosSchemaError,
  type PothosTypeConfig,
  type SchemaTypes,
} from '@pothos/core';
import type { GraphQLFieldResolver, GraphQLObjectType } from 'graphql';
import { transparent } from '#pothos-mikro-orm';
import type { Principal } from '../authorization/principal.ts';
import { PUBLIC } from '../authorization/roles.ts';
import { problems } from '../errors/problems.ts';

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      permissions: PermissionsPlugin<Types>;
    }
    interface SchemaBuilderOptions<Types extends SchemaTypes> {
      /** Every permission that a module declares; a field that names another one does not build. @default none */
      permissions?: ReadonlySet<string>;
    }
    interface BaseTypeOptions<Types extends SchemaTypes> {
      /** What all fields of the type need, unless a field says otherwise: a permission, or `public`. */
      permission?: string;
    }
    interface FieldOptions {
      /** What the field needs: a permission, or `public` for every member of the tenant. */
      permission?: string;
      /** For a field of the mutation type: runs the whole mutation at this isolation level. @default 'read committed' */
      isolation?: 'serializable';
    }
  }
}

/** What the barrier needs of a context. */
interface PermittedContext {
  readonly principal: Pick<Principal, 'may'>;
}

/** What all fields of a type need, unless they say otherwise. */
export function permissionOf(type: GraphQLObjectType): string {
  const { permission } = type.extensions;
  return typeof permission === 'string' ? permission : PUBLIC;
}

const ROOTS = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * Writes each field's permission into its extensions, where the authorization phase reads it. A field without
 * one stops the schema from being built: whoever forgets the question gets no answer that happens to be "yes".
 */
class PermissionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  readonly #typeLevel = new Map<string, string>();
  readonly #silent: string[] = [];
  readonly #guards = new Map<string, (context: object) => boolean>();

  override onTypeConfig(type: PothosTypeConfig): PothosTypeConfig {
    const { permission } = type.pothosOptions as { permission?: string };
    if (permission === undefined) return type;
    this.#typeLevel.set(type.name, this.#known(permission, type.name));
    return { ...type, extensions: { ...type.extensions, permission } };
  }

  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { permission, isolation } = field.pothosOptions as { permission?: string; isolation?: string };
    const name = `${field.parentType}.${field.name}`;
    const own = permission === undefined ? undefined : this.#known(permission, name);
    const inherited = ROOTS.has(field.parentType) ? undefined : this.#typeLevel.get(field.parentType);
    const needed = own ?? inherited;
    if (needed === undefined) {
      this.#silent.push(name);
      return field;
    }
    const extensions = { ...field.extensions, permission: needed, ...(isolation && { isolation }) };
    return { ...field, extensions };
  }

  /** A second barrier: whoever executes the document, and whatever it made of it, a field is not resolved for others. */
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const permission = field.extensions?.permission;
    if (typeof permission !== 'string' || permission === PUBLIC) return resolver;
    const name = `${field.parentType}.${field.name}`;
    const barrier: typeof resolver = (parent, args, context, info) => {
      if (!(context as PermittedContext).principal.may(permission)) {
        throw problems.FORBIDDEN(`You need the permission "${permission}" for ${name}.`);
      }
      return resolver(parent, args, context, info);
    };
    return transparent(barrier, resolver, this.#guard(permission));
  }

  override afterBuild<Schema>(schema: Schema): Schema {
    if (this.#silent.length > 0) {
      throw new PothosSchemaError(
        `Say what these fields need, with permission: '…' or permission: 'public': ${this.#silent.join(', ')}.`,
      );
    }
    return schema;
  }

  /** One for each permission: a document asks for few of them, however many its fields are. */
  #guard(permission: string): (context: object) => boolean {
    const known =
      this.#guards.get(permission) ??
      ((context: object) => (context as PermittedContext).principal.may(permission));
    this.#guards.set(permission, known);
    return known;
  }

  #known(permission: string, where: string): string {
    if (permission === PUBLIC || this.builder.options.permissions?.has(permission)) return permission;
    throw new PothosSchemaError(`${where} needs "${permission}", a permission that no module declares.`);
  }
}

const pluginName = 'permissions';
SchemaBuilder.registerPlugin(pluginName, PermissionsPlugin);
export default pluginName;
