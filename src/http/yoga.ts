import type { GraphQLSchema } from 'graphql';
import { type YogaLogger, YogaServer } from 'graphql-yoga';
import type { ListedPlugin, ServerContext } from '../lifecycle/context.ts';
import type { Logger } from '../telemetry/logger.ts';

export type Yoga = YogaServer<ServerContext, object>;

export interface YogaOptions {
  readonly schema: GraphQLSchema;
  readonly lifecycle: readonly ListedPlugin[];
  readonly logger: Logger;
}

/** What the doors don't run: a plugin that counts on one of these would silently do nothing. */
const HOOKS = ['onRequest', 'onResponse'] as const;
const INSTRUMENTATION = ['request', 'requestParse', 'operation', 'resultProcess'] as const;

/**
 * The pipeline that both doors lead to. Of what Yoga can do around it, that which the lifecycle does itself is off:
 * pages, CORS, the limit of the body, the masking of errors, the caches of documents.
 *
 * @throws Error when a plugin has a hook that the doors don't run.
 */
export function createYoga({ schema, lifecycle, logger }: YogaOptions): Yoga {
  for (const plugin of lifecycle) refuseForeignHooks(plugin);
  return new YogaServer({
    schema,
    plugins: [...lifecycle],
    logging: yogaLogger(logger),
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    maskedErrors: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
  });
}

function refuseForeignHooks(plugin: ListedPlugin): void {
  const instrumentation = plugin.instrumentation ?? {};
  const hooks = [
    ...HOOKS.filter((hook) => hook in plugin),
    ...INSTRUMENTATION.filter((hook) => hook in instrumentation).map((hook) => `instrumentation.${hook}`),
  ];
  if (hooks.length > 0) throw new Error(`A plugin has hooks that the doors don't run: ${hooks.join(', ')}.`);
}

function yogaLogger(logger: Logger): YogaLogger {
  const child = logger.child({ from: 'yoga' });
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (...parts: readonly unknown[]) =>
      child[level]({ parts });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
