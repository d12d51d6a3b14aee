import { SpanKind, trace } from '@opentelemetry/api';
import { errorType, fail } from './spans.ts';

/** A statement that was answered. */
export interface ObservedStatement {
  /** The schema and role that it ran in. */
  readonly tenant: string;
  /** With `$1` in place of each value. */
  readonly text: string;
  /** Milliseconds that the database took; waiting for a connection is not part of them. */
  readonly duration: number;
  /** What the database said instead of an answer. */
  readonly error?: unknown;
}

/**
 * Makes a span of each statement, after OpenTelemetry's conventions for PostgreSQL. Only below a span: what nobody
 * traces costs a look.
 *
 * @param databaseUrl whose database's name is shown
 */
export function traceStatements(databaseUrl: string): (statement: ObservedStatement) => void {
  const database = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  return ({ tenant, text, duration, error }) => {
    if (!trace.getActiveSpan()?.isRecording()) return;
    const now = Date.now();
    const name = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'STATEMENT';
    const span = trace.getTracer('insula').startSpan(name, {
      kind: SpanKind.CLIENT,
      startTime: now - duration,
      attributes: {
        'db.system.name': 'postgresql',
        'db.namespace': `${database}|${tenant}`,
        'db.operation.name': name,
        'db.query.text': text,
      },
    });
    if (error !== undefined) {
      const type = errorType(error);
      span.setAttribute('db.response.status_code', type);
      fail(span, type);
    }
    span.end(now);
  };
}
