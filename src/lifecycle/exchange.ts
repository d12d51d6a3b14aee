import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OperationDefinitionNode } from 'graphql';
import type { Principal } from '../authorization/principal.ts';
import type { Problem } from '../errors/define.ts';
import { problems } from '../errors/problems.ts';
import type { SessionReport } from '../session/runner.ts';
import type { Steps } from '../telemetry/spans.ts';
import type { Access } from '../tenancy/catalog/catalog.ts';
import type { TenantHint } from '../tenancy/identification/strategy.ts';
import type { ReplyType } from './accept.ts';
import type { EventReply, Reply } from './response.ts';

/** The parts of a request's life that are timed, in their order; each lasts until the next one begins. */
export type Phase = 'initiation' | 'authentication' | 'body' | 'document' | 'execution' | 'response';

/** What became of a request: done, done with errors, refused before anything ran, or left by its client. */
export type Outcome = 'ok' | 'error' | 'refused' | 'aborted';

/** The operation that a request asked for, as far as it is known. */
export interface OperationRecord {
  /** The same object each time that the same operation of the same text is asked for: what is derived hangs on it. */
  readonly node: OperationDefinitionNode;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Its name in the document; null for an anonymous one. */
  readonly name: string | null;
  /** Digest of the document's text: the same operation has the same one in every log line. */
  readonly documentHash: string;
  /** Its variables as the schema has them, defaults included. */
  variables: Readonly<Record<string, unknown>>;
  /** Milliseconds that it ran, its transaction included. */
  duration: number;
  readonly report: SessionReport;
}

/**
 * One HTTP request and its reply. It is opened when the request arrives, filled by one phase after the other, and
 * over when the reply has left (or the client has) and the operation has come to its end.
 */
export class Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The client's `x-request-id` where it is well-formed, else a new one. */
  readonly id: string;
  /** The trace that the request belongs to, from `traceparent` or of our own. */
  traceId: string | undefined;
  /** The request's spans; undefined where nobody traces. */
  steps: Steps | undefined;
  /** Milliseconds on the process's clock. */
  readonly startedAt = performance.now();
  /** Milliseconds that each phase took. */
  readonly phases = new Map<Phase, number>();

  /** Of the URL, without the query string. */
  readonly path: string;

  replyType: ReplyType = 'application/json';
  /** Whether a document or variables at fault are a 200. */
  plainJson = false;
  hints: readonly TenantHint[] = [];
  access: Access | undefined;
  /** Whose token it is, whether or not they are let in. */
  subject: string | undefined;
  /** When that token ends, in milliseconds since the epoch. */
  expiresAt = Number.POSITIVE_INFINITY;
  /** The only tenants, by slug or id, for which the token's issuer is trusted; undefined for all. */
  allowedTenants: readonly string[] | undefined;
  principal: Principal | undefined;
  operation: OperationRecord | undefined;
  /** The code of the first error in the reply. */
  code: string | undefined;
  /** Why the request was refused, in words that its sender does not get. */
  reason: string | undefined;
  /** What is sent, when it is known. */
  reply: Reply | EventReply | undefined;
  /** Of a subscription that was opened: aborted when it ends. */
  subscription: AbortSignal | undefined;
  /** Events that were sent; undefined where the reply is not a stream of them. */
  events: number | undefined;
  /** Set as soon as the operation begins to run. */
  executed = false;

  #phase: Phase = 'initiation';
  #phaseBegan = this.startedAt;
  #controller: AbortController | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #unfinished = 2;
  readonly #listeners: ((exchange: Exchange) => void)[] = [];

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req;
    this.res = res;
    this.id = requestId(req.headers['x-request-id']);
    this.traceId = traceId(req.headers.traceparent);
    this.path = pathOf(req.url ?? '');
  }

  /** The status of the reply; 499 when the client went away before there was one. */
  get status(): number {
    return this.res.headersSent ? this.res.statusCode : 499;
  }

  /** The phase that runs. */
  get phase(): Phase {
    return this.#phase;
  }

  /** Ends the running phase and begins the next. */
  enter(phase: Phase): void {
    this.#endPhase();
    this.#phase = phase;
    this.steps?.enter(phase);
  }

  /** Runs work below the span of the running phase. */
  within<Result>(work: () => Result): Result {
    return this.steps ? this.steps.within(work) : work();
  }

  #endPhase(): void {
    const now = performance.now();
    this.phases.set(this.#phase, (this.phases.get(this.#phase) ?? 0) + now - this.#phaseBegan);
    this.#phaseBegan = now;
  }

  /** Aborted when the client goes away or the operation's time is over; the reason is a Problem that says which. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Bounds the rest of the exchange. @param milliseconds from now. */
  expireAfter(milliseconds: number): void {
    this.#deadline = setTimeout(() => {
      this.abort(problems.STATEMENT_TIMEOUT(`The operation took longer than ${milliseconds} ms.`));
    }, milliseconds);
  }

  abort(reason: Problem): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  get outcome(): Outcome {
    if (!this.res.writableFinished) return 'aborted';
    if (!this.executed) return 'refused';
    return this.code === undefined ? 'ok' : 'error';
  }

  /** Calls back when all is over. What is called must not throw. */
  onEnd(listener: (exchange: Exchange) => void): void {
    this.#listeners.push(listener);
  }

  /** To be called twice: when the reply is gone, and when the work on it has ended. The later one ends the exchange. */
  part(): void {
    this.#unfinished -= 1;
    if (this.#unfinished > 0) return;
    clearTimeout(this.#deadline);
    this.#endPhase();
    for (const listener of this.#listeners) listener(this);
  }
}

/** Opens the exchange of a request that has just arrived. */
export function openExchange(req: IncomingMessage, res: ServerResponse): Exchange {
  const exchange = new Exchange(req, res);
  res.setHeader('x-request-id', exchange.id);
  res.once('close', () => exchange.part());
  return exchange;
}

function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
}

/** A URL's path as it was sent, without the query string. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** https://www.w3.org/TR/trace-context/#traceparent-header: a trace of zeros only is none. */
function traceId(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const [, trace] =
    /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/.exec(header) ?? [];
  return trace;
}
