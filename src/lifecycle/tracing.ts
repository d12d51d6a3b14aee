import { isAsyncIterable } from '@envelop/core';
import { TraceFlags } from '@opentelemetry/api';
import { fail, inRootSpan, openSteps, type Steps } from '../telemetry/spans.ts';
import type { LifecyclePlugin } from './context.ts';
import type { Exchange } from './exchange.ts';

/** What the conventions call an operation whose type is not known. */
const UNKNOWN = 'GraphQL Operation';

/**
 * [MC] A span for each request, after OpenTelemetry's conventions for GraphQL servers, with one below it for each phase:
 * in the trace of `traceparent`, or of whoever in this process traces HTTP already. It bears no variable, no document
 * and no person's name. The span of a subscription ends when its stream begins.
 *
 * The SDK is the user’s; where none is registered this costs next to nothing (docs/decisions/0084).
 */
export function useTracing(): LifecyclePlugin {
  return {
    onRequestParse({ serverContext: { req, exchange } }) {
      const steps = openSteps({
        name: UNKNOWN,
        attributes: { 'insula.request_id': exchange.id },
        headers: req.headers,
        step: exchange.phase,
      });
      if (!steps) return;
      exchange.steps = steps;
      exchange.traceId = steps.span.spanContext().traceId;
      exchange.onEnd(() => conclude(steps, exchange));
    },
    onResultProcess({ result, serverContext: { exchange } }) {
      if (exchange.steps && isAsyncIterable(result)) conclude(exchange.steps, exchange);
    },
  };
}

function conclude(steps: Steps, exchange: Exchange): void {
  const { span } = steps;
  if (!span.isRecording()) return;
  const { operation, access, code, status } = exchange;
  if (operation) {
    span.updateName(operation.type);
    span.setAttributes({
      'graphql.operation.type': operation.type,
      ...(operation.name !== null && { 'graphql.operation.name': operation.name }),
      'insula.document': operation.documentHash,
      'insula.attempts': operation.report.attempts,
    });
  }
  if (access) span.setAttribute('insula.tenant', access.tenant.slug);
  if (exchange.reply) {
    span.setAttributes({
      'http.response.status_code': exchange.reply.status,
      'insula.outcome': exchange.outcome,
    });
  }
  if (code !== undefined) span.setAttribute('error.type', code);
  // With partial data the status is 200 all the same.
  if (status >= 500 || code === 'INTERNAL') fail(span, code ?? String(status));
  steps.end();
}

function isSampled({ span }: Steps): boolean {
  return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
}

/** Runs a subscription for one event: in a trace of its own, with a link to the one that opened it. */
export function traceEvent<Result>(
  { steps, operation, access }: Exchange,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!steps || !isSampled(steps)) return work();
  const attributes = {
    'graphql.operation.type': 'subscription',
    ...(operation?.name && { 'graphql.operation.name': operation.name }),
    ...(access && { 'insula.tenant': access.tenant.slug }),
  };
  const links = [{ context: steps.span.spanContext() }];
  return inRootSpan('subscription event', { attributes, links }, work);
}
