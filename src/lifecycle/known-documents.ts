import { handleMaybePromise } from '@whatwg-node/promise-helpers';
import type { DocumentNode } from 'graphql';
import type { YogaServer } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { AboutToRun, LifecyclePlugin, ServerContext } from './context.ts';
import { route } from './routing.ts';

export interface KnownDocumentsOptions {
  /** How much text is kept, in characters. A document takes some forty times as many bytes. @default 2_000_000 */
  readonly maxText?: number;
}

/**
 * A document that was found valid once goes straight to its operation: the schema is the same for everybody and
 * never changes, and neither does the verdict. It is the same object each time, so what later phases derive from it
 * (permissions, costs, compiled code) is kept with it.
 */
export function useKnownDocuments({ maxText = 2_000_000 }: KnownDocumentsOptions = {}): LifecyclePlugin {
  const known = new LRUCache<string, DocumentNode>({
    maxSize: maxText,
    sizeCalculation: (_, text) => text.length,
  });
  let yoga: YogaServer<ServerContext, object>;
  const keep = ({ args: { document } }: AboutToRun) => {
    const text = document.loc?.source.body;
    if (text && !known.has(text)) known.set(text, document);
  };
  return {
    onYogaInit(init) {
      yoga = init.yoga;
    },
    onParams({ params, setParamsHandler }) {
      const document = params.query === undefined ? undefined : known.get(params.query);
      if (!document) return;
      // What Yoga's own handler does, without parsing and validating.
      setParamsHandler(({ request, params: { operationName, variables }, context }) => {
        context.exchange.enter('document');
        route(context.exchange, document, operationName);
        const { schema, contextFactory, execute, subscribe } = yoga.getEnveloped(
          Object.assign(context, { request, params }),
        );
        const run = context.exchange.operation?.type === 'subscription' ? subscribe : execute;
        return handleMaybePromise(contextFactory, (contextValue) =>
          run({ schema, document, contextValue, operationName, variableValues: variables }),
        );
      });
    },
    onExecute: keep,
    onSubscribe: keep,
  };
}
