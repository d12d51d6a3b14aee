import { actorOf } from '../authorization/principal.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { LifecyclePlugin } from './context.ts';
import type { Exchange } from './exchange.ts';

/**
 * [RL] One line for each request, refused ones too, when its reply is gone: for a subscription when that has ended. It says who did what, how it ended and
 * what it cost; never the values of variables, and of the document its digest alone.
 */
export function useRequestLog({ logger }: { readonly logger: Logger }): LifecyclePlugin {
  // What stands in the line is chosen below; to search each for secrets would cost a tenth of a small request.
  const lines = logger.child({}, { redact: [] });
  return {
    onRequestParse({ serverContext: { exchange } }) {
      exchange.onEnd((ended) => lines[levelOf(ended)](line(ended), 'request'));
    },
  };
}

function levelOf({ status }: Exchange): 'info' | 'error' {
  return status >= 500 ? 'error' : 'info';
}

/** Characters; names come from outside and may be long. */
const LONGEST_NAME = 100;

function line(exchange: Exchange) {
  const { operation, access, subject } = exchange;
  return {
    requestId: exchange.id,
    traceId: exchange.traceId,
    tenant: access?.tenant.slug,
    // Of those who were not let in: what they named, and who they are.
    named: access ? undefined : exchange.hints.map(({ value }) => value.slice(0, LONGEST_NAME)),
    actor: subject === undefined ? undefined : actorOf(subject),
    operation: operation?.name ?? undefined,
    type: operation?.type,
    document: operation?.documentHash,
    status: exchange.status,
    outcome: exchange.outcome,
    code: exchange.code,
    reason: exchange.reason,
    duration: round(performance.now() - exchange.startedAt),
    databaseTime: round(operation?.report.databaseTime ?? 0),
    statements: operation?.report.statements ?? 0,
    attempts: operation?.report.attempts,
    events: exchange.events,
    replayed: operation?.report.replayed || undefined,
  };
}

/** Milliseconds with three digits: microseconds are the last that mean something. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
