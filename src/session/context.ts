import type { SqlEntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../authorization/principal.ts';
import type { Tenant } from '../tenancy/tenant.ts';
import type { AccessControl } from './access.ts';
import type { Job } from './jobs.ts';
import type { ServiceDefinition } from './services.ts';
import type { Topic } from './topics.ts';

/**
 * What a resolver and a service find: the tenant, the caller, and the session that is bound to both.
 * There is one for each attempt: after a retry everything in it is new.
 */
export interface RequestContext {
  readonly requestId: string;
  readonly tenant: Tenant;
  readonly principal: Principal;
  /** The unit of work, inside the tenant's schema and as the tenant's role. It writes when the operation ends. */
  readonly em: SqlEntityManager;
  /** Aborted when the client goes away or the operation's time is over. */
  readonly signal: AbortSignal;
  /** The time of the operation: the same in every resolver. */
  readonly now: Date;
  /** Who may enter the tenant: changes of it. */
  readonly access: AccessControl;
  /** Every tenant in which the caller is a member, with the roles there. */
  memberships(): Promise<readonly { readonly tenant: Tenant; readonly roles: readonly string[] }[]>;
  /** Writes a job down in this operation's transaction. @throws Problem `BAD_USER_INPUT` when the payload doesn't fit. */
  enqueue<Payload>(job: Job<Payload>, payload: NoInfer<Payload>): Promise<void>;
  /**
   * Tells the tenant's subscribers of a change, once this operation is committed. @throws Problem `BAD_USER_INPUT` when
   * the payload doesn't fit.
   */
  publish<Payload>(topic: Topic<Payload>, payload: NoInfer<Payload>): Promise<void>;
  /**
   * What the tenant's operations publish from now on, for the `subscribe` of a subscription's field; call it there, so
   * that nothing is missed between the reply's head and the first event.
   */
  events<Payload>(topic: Topic<Payload>): Promise<AsyncIterableIterator<Payload>>;
  /** The service of that definition; created when first asked for, once for each scope. */
  use<Service>(service: ServiceDefinition<Service>): Service;
}
