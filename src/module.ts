import type { EntityClass } from '@mikro-orm/core';
import type { Criteria as AnyCriteria } from '#pothos-mikro-orm';
import type { RowPolicy } from './authorization/policies.ts';
import type { ProblemFactory } from './errors/define.ts';
import type { DefineTypes } from './graphql/schema.ts';
import type { RequestContext } from './session/context.ts';
import type { Job, Schedule } from './session/jobs.ts';
import type { ServiceDefinition } from './session/services.ts';

/** Which rows, and in what order, as a service says it. Row policies hold in any case. */
export type Criteria<Entity extends object> = Omit<AnyCriteria<Entity>, 'filters'>;

/** A part of the product in one folder: its data, its API, its logic, its rules. */
export interface ModuleDefinition<Name extends string = string> {
  /** Lower-case; the first part of the module's permissions. */
  readonly name: Name;
  /** The modules whose types, entities or services this one uses. */
  readonly dependsOn?: readonly Module[];
  /**
   * MikroORM entities: a table for each in every tenant's schema. What a property that is `hidden()` holds never appears
   * in the audit trail that the API shows.
   */
  readonly entities?: readonly EntityClass<object>[];
  /**
   * The folder of the SQL files that bring a tenant's schema up to date, applied in the order of their names. Without it
   * the entities are over what is made elsewhere.
   */
  readonly migrations?: URL;
  /** Adds GraphQL types and fields to the schema. */
  readonly types?: DefineTypes;
  readonly services?: readonly ServiceDefinition<unknown>[];
  /** What the module does after the reply; named after it. */
  readonly jobs?: readonly Job<unknown>[];
  /** Which of its jobs are run every day. */
  readonly schedules?: readonly Schedule[];
  /** Each permission, named after the module, with the roles that have it. */
  readonly permissions?: Readonly<Record<`${Name}:${string}`, readonly string[]>>;
  /** Which rows a caller may see; holds on every path to the entity. */
  readonly policies?: readonly RowPolicy[];
  /** The module's own errors, for the table of errors. */
  readonly errors?: Readonly<Record<string, ProblemFactory>>;
  /** The folder of the `.graphql` files that are GraphiQL's first tabs in development, in the order of their names. */
  readonly examples?: URL;
  /** Fills a demo tenant with believable data; called once for each, in a transaction of its own. */
  readonly demo?: (context: RequestContext) => Promise<void>;
}

/** What `defineModule` made; a gateway is composed of these. */
export type Module = ModuleDefinition;

const NAME = /^[a-z][a-z0-9-]{0,40}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * Defines a module.
 *
 * @throws Error when the name or a permission is malformed.
 * @example
 * export const customers = defineModule({
 *   name: 'customers',
 *   entities: [Customer],
 *   migrations: new URL('./migrations/', import.meta.url),
 *   types: defineCustomerTypes,
 *   services: [customerService],
 *   permissions: { 'customers:read': ['owner', 'admin', 'accountant', 'viewer'] },
 * });
 */
export function defineModule<const Name extends string>(definition: ModuleDefinition<Name>): Module {
  const { name, permissions = {}, jobs = [], schedules = [] } = definition;
  if (!NAME.test(name))
    throw new Error(`A module's name is lower-case letters, digits and dashes; "${name}" is not.`);
  for (const permission of Object.keys(permissions)) {
    if (!permission.startsWith(`${name}:`)) {
      throw new Error(
        `The module "${name}" can't declare "${permission}": its permissions begin with "${name}:".`,
      );
    }
  }
  for (const job of jobs) {
    if (!job.name.startsWith(`${name}:`)) {
      throw new Error(
        `The module "${name}" can't define the job "${job.name}": its jobs begin with "${name}:".`,
      );
    }
  }
  for (const { job, at } of schedules) {
    if (!jobs.includes(job)) {
      throw new Error(`The module "${name}" schedules "${job.name}", which is none of its jobs.`);
    }
    if (!TIME.test(at))
      throw new Error(`"${job.name}" is scheduled at "${at}"; a time is written like 06:00.`);
  }
  return definition;
}

/**
 * Puts modules in an order in which each comes after those that it depends on, and adds the ones that were only
 * named as a dependency.
 *
 * @throws Error when two modules share a name, or depend on each other in a circle.
 */
export function orderModules(modules: readonly Module[]): Module[] {
  const ordered = new Map<string, Module>();
  const visit = (module: Module, path: readonly string[]) => {
    if (path.includes(module.name)) {
      throw new Error(`Modules depend on each other in a circle: ${[...path, module.name].join(' → ')}.`);
    }
    const known = ordered.get(module.name);
    if (known && known !== module) throw new Error(`There are two modules named "${module.name}".`);
    if (known) return;
    for (const dependency of module.dependsOn ?? []) visit(dependency, [...path, module.name]);
    ordered.set(module.name, module);
  };
  for (const module of modules) visit(module, []);
  return [...ordered.values()];
}

export {
  defineEntity,
  ForeignKeyConstraintViolationException,
  type InferEntity,
  LockMode,
  p,
} from '@mikro-orm/core';
export { rowPolicy } from './authorization/policies.ts';
export type { Principal } from './authorization/principal.ts';
export { encrypted } from './encryption/encrypted.ts';
export { defineErrors } from './errors/define.ts';
export { problems } from './errors/problems.ts';
export type { InsulaBuilder } from './graphql/builder.ts';
export { type ColumnAccess, createColumnAccess } from './graphql/column-access.ts';
export { identity } from './graphql/entity-base.ts';
export type { RequestContext } from './session/context.ts';
export { defineJob, type Job, type Letter, type Schedule } from './session/jobs.ts';
export { defineService, type ServiceDefinition } from './session/services.ts';
export { defineTopic, type Topic } from './session/topics.ts';
