import { handleMaybePromise } from '@whatwg-node/promise-helpers';
import type { DocumentNode } from 'graphql';
import type { YogaServer } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { AboutToRun, LifecyclePlugin, ServerContext } from './context.ts';
import { selectionsOf } from './protection/fragments.ts';
import { route } from './routing.ts';

export interface KnownDocumentsOptions {
  /** How much is kept, in characters of text and what stands for them; each takes some hundred bytes. @default 1_000_000 */
  readonly maxWeight?: number;
}

/** What is derived from a selection, at each place where its fragment puts it, takes as much as so many characters. */
const SELECTION_WEIGHT = 10;

/**
 * A document that was found valid once goes straight to its operation: the schema is the same for everybody and
 * never changes, and neither does the verdict. It is the same object each time, so what later phases derive from it
 * (permissions, costs, compiled code) is kept with it.
 */
export function useKnownDocuments({ maxWeight = 1_000_000 }: KnownDocumentsOptions = {}): LifecyclePlugin {
  const known = new LRUCache<string, DocumentNode>({
    maxSize: maxWeight,
    // One that is heavier than all that is kept is not kept.
    sizeCalculation: (document, text) => Math.min(weightOf(document, text), maxWeight + 1),
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

/** A short text can derive a lot: fragments within fragments are many selections. */
function weightOf(document: DocumentNode, text: string): number {
  return text.length + SELECTION_WEIGHT * selectionsOf(document);
}
