import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/** Asked for at each use: whoever traces may register after this module was loaded. */
const tracer = () => trace.getTracer('insula');

export interface StepsOptions {
  readonly name: string;
  readonly attributes: Attributes;
  /** A request's headers: whose trace it belongs to where nobody else in this process has begun a span for it. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The step that runs already. */
  readonly step: string;
}

/** The span of something that goes through steps, each of which has a span below it and lasts until the next begins. */
export interface Steps {
  readonly span: Span;
  enter(step: string): void;
  /** Runs work below the step that runs now: what is traced inside hangs on that. */
  within<Result>(work: () => Result): Result;
  /** Ends the last step and the whole; a second call does nothing. */
  end(): void;
}

/**
 * Begins a span with steps. Where no SDK of OpenTelemetry is registered there is nobody to show it to.
 *
 * @returns undefined when nobody traces
 */
export function openSteps({ name, attributes, headers, step }: StepsOptions): Steps | undefined {
  const within = trace.getActiveSpan() !== undefined;
  const parent = within ? context.active() : propagation.extract(context.active(), headers);
  const kind = within ? SpanKind.INTERNAL : SpanKind.SERVER;
  const span = tracer().startSpan(name, { kind, attributes }, parent);
  if (!trace.isSpanContextValid(span.spanContext())) return undefined;
  return createSteps(span, trace.setSpan(parent, span), step);
}

function createSteps(span: Span, whole: Context, first: string): Steps {
  let current: { readonly span: Span; readonly context: Context } | undefined;
  const enter = (step: string): void => {
    // A trace that is not sampled is handed on to whom we call, and has no steps.
    if (!span.isRecording()) return;
    current?.span.end();
    const next = tracer().startSpan(step, {}, whole);
    current = { span: next, context: trace.setSpan(whole, next) };
  };
  enter(first);
  return {
    span,
    enter,
    within: (work) => context.with(current?.context ?? whole, work),
    end() {
      current?.span.end();
      current = undefined;
      span.end();
    },
  };
}

/** Runs work in a span below the active one. Where none is active, it just runs. */
export function inSpan<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  if (!trace.getActiveSpan()) return work();
  return runIn(tracer().startSpan(name), context.active(), work);
}

/**
 * Runs work in a span that begins a trace.
 *
 * @param work gets the span, which takes whatever it is told also where nobody traces
 */
export function inRootSpan<Result>(
  name: string,
  options: Omit<SpanOptions, 'root'>,
  work: (span: Span) => Promise<Result>,
): Promise<Result> {
  const span = tracer().startSpan(name, { ...options, root: true });
  return runIn(span, context.active(), () => work(span));
}

async function runIn<Result>(span: Span, parent: Context, work: () => Promise<Result>): Promise<Result> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    fail(span, errorType(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Marks a span as failed. What the error says stays in the log: it may name what is nobody's business. */
export function fail(span: Span, type: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', type);
}

/** An error's stable code where it has one (SQLSTATE, a problem's), else its class. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
