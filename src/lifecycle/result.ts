import { isAsyncIterable } from '@envelop/core';
import { Problem } from '../errors/define.ts';
import { type ShownError, show } from '../errors/masking.ts';
import type { Logger } from '../telemetry/logger.ts';
import { EVENT_STREAM } from './accept.ts';
import type { LifecyclePlugin } from './context.ts';
import type { Exchange } from './exchange.ts';
import { contentOf, createEventReply, createReply, type SingleResult } from './response.ts';

type ResultHook = NonNullable<LifecyclePlugin['onResultProcess']>;

/**
 * [RG EH] The last word on every reply, refusals too: what was not meant to be seen is masked, and logged whole under
 * the request's id.
 */
export function useResult({ logger }: { readonly logger: Logger }): LifecyclePlugin {
  return {
    onResultProcess({ result, serverContext: { exchange }, setResultProcessor }) {
      exchange.enter('response');
      if (isAsyncIterable(result)) {
        const reply = createEventReply(showEach(result, exchange, logger));
        exchange.reply = reply;
        // Doors send the body themselves.
        setResultProcessor((_, { Response }) => new Response(null, reply), EVENT_STREAM);
        return;
      }
      const single = singleOf(result);
      const errors = (single.errors ?? []).map((error) => showAndLog(error, exchange, logger));
      exchange.code = errors[0]?.code;
      exchange.reason = exchange.executed ? undefined : reasonOf(single.errors?.[0]);
      const reply = createReply(single, errors, exchange);
      exchange.reply = reply;
      setResultProcessor((_, { Response }) => new Response(reply.body, reply), exchange.replyType);
    },
  };
}

/** What a refusal has for a cause: never a variable's value, because nothing has run yet. */
function reasonOf(error: unknown): string | undefined {
  return error instanceof Problem && error.cause instanceof Error ? error.cause.message : undefined;
}

/** The results of a subscription as their reader sees them. */
async function* showEach(
  results: AsyncIterable<SingleResult>,
  exchange: Exchange,
  logger: Logger,
): AsyncGenerator<string, undefined> {
  for await (const result of results) {
    const errors = (result.errors ?? []).map((error) => showAndLog(error, exchange, logger));
    exchange.code = errors[0]?.code ?? exchange.code;
    yield contentOf(result, errors);
  }
  return undefined;
}

function singleOf(result: Parameters<ResultHook>[0]['result']): SingleResult {
  if (Array.isArray(result) || isAsyncIterable(result))
    return { errors: [new Error('Only single results are served.')] };
  if (result.data === undefined && !result.errors?.length)
    return { errors: [new Error('There is no result.')] };
  return result;
}

function showAndLog(error: unknown, { id: requestId }: Exchange, logger: Logger): ShownError {
  const shown = show(error);
  if ('unexpected' in shown)
    logger.error({ err: shown.unexpected, requestId, path: shown.formatted.path }, 'unexpected error');
  return shown;
}
