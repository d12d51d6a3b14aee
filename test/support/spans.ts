import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** A span and those below it, in the order in which they began. */
export interface SpanTree {
  readonly name: string;
  readonly below: SpanTree[];
}

export interface CollectedSpans extends AsyncDisposable {
  /** Of a request or a job, by its id: its outermost span, once that has ended. */
  root(requestId: unknown): Promise<ReadableSpan>;
  /** Every span that ended so far. */
  all(): ReadableSpan[];
  tree(root: ReadableSpan): SpanTree;
}

/** Registers OpenTelemetry's SDK in this process, as an operator's `tracing.mjs` does, and keeps what it is told. */
export function collectSpans(): CollectedSpans {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  const all = () => exporter.getFinishedSpans();
  const tree = (span: ReadableSpan): SpanTree => ({
    name: span.name,
    below: all()
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === span.spanContext().spanId)
      .toSorted((one, other) => nanoseconds(one) - nanoseconds(other))
      .map(tree),
  });
  return {
    all,
    tree,
    async root(requestId) {
      for (let tries = 0; tries < 400; tries++) {
        const found = all().find(({ attributes }) => attributes['insula.request_id'] === requestId);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`There is no span of ${requestId}.`);
    },
    async [Symbol.asyncDispose]() {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

const nanoseconds = ({ startTime: [seconds, rest] }: ReadableSpan) => seconds * 1e9 + rest;
