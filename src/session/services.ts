import type { RequestContext } from './context.ts';

/** How a service is made for one scope: a request, an attempt after a retry, a job, a subscription's event. */
export interface ServiceDefinition<Service> {
  readonly name: string;
  readonly create: (context: RequestContext) => Service;
}

/**
 * Defines a service: where a module's business logic lives. It is created when first asked for, once for each
 * scope, and finds the tenant's session, the caller and the other services in its context.
 *
 * @example
 * export const greetings = defineService('greetings', ({ principal }) => ({ hello: () => `Hello ${principal.subject}` }));
 * // in a resolver: context.use(greetings).hello()
 */
export function defineService<Service>(
  name: string,
  create: (context: RequestContext) => Service,
): ServiceDefinition<Service> {
  return { name, create };
}

/** The services of one scope. */
export interface ServiceContainer {
  use<Service>(definition: ServiceDefinition<Service>): Service;
}

/**
 * Opens a container for one scope.
 *
 * @param registered every service that a module brings; another one is a mistake in the module's definition.
 * @throws Error when a service isn't registered, or needs itself.
 */
export function openContainer(
  registered: ReadonlySet<ServiceDefinition<unknown>>,
  context: () => RequestContext,
): ServiceContainer {
  const created = new Map<ServiceDefinition<unknown>, unknown>();
  const creating: string[] = [];

  function create<Service>(definition: ServiceDefinition<Service>): Service {
    if (!registered.has(definition)) {
      throw new Error(
        `No module registers the service "${definition.name}": list it in defineModule's services.`,
      );
    }
    if (creating.includes(definition.name)) {
      throw new Error(`Services need each other in a circle: ${[...creating, definition.name].join(' → ')}.`);
    }
    creating.push(definition.name);
    try {
      const service = definition.create(context());
      created.set(definition, service);
      return service;
    } finally {
      creating.pop();
    }
  }

  return {
    use<Service>(definition: ServiceDefinition<Service>): Service {
      // The map is keyed by the definition, so what stands under it has the definition's type.
      return created.has(definition) ? (created.get(definition) as Service) : create(definition);
    },
  };
}
