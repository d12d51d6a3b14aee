import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

/** What the provider does with one request instead of answering it. */
export type Mishap =
  /** Answers so and does nothing. */
  | { readonly answer: 409 | 429 | 500 | 503 }
  /** Does nothing, and ends the connection. */
  | 'hangs up'
  /** Does it, and ends the connection. */
  | 'hangs up afterwards'
  /** Does it, and answers after `release()`. */
  | 'answers late'
  /** Does nothing before `release()`: then does it, and answers. */
  | 'acts late';

export type Step = 'open' | 'look' | 'capture' | 'cancel';

interface Intent {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string;
  status: 'requires_confirmation' | 'requires_payment_method' | 'processing' | 'succeeded' | 'canceled';
  method: string;
  last_payment_error: { message: string } | null;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

export interface ProviderRequest {
  readonly step: Step;
  readonly key: string | undefined;
}

/**
 * A provider with Stripe's API as far as charges go: PaymentIntents, errors of its shape, and keys under which a request
 * that was carried out is answered as it was the first time. Money that moves is an entry in `taken`.
 *
 * @param look called when a request comes in, before anything else
 */
export async function startPaymentProvider(look: () => Promise<void> = async () => {}) {
  const intents = new Map<string, Intent>();
  const answered = new Map<string, Answer>();
  const requests: ProviderRequest[] = [];
  const mishaps: [Step, Mishap][] = [];
  const taken: { readonly intent: string; readonly amount: number; readonly currency: string }[] = [];
  let gate = Promise.withResolvers<void>();

  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    await look();
    const form = new URLSearchParams(await textOf(request));
    const [, , , id = '', action = ''] = (request.url ?? '').split('/');
    const step = stepOf(request.method, id, action);
    const key = header(request, 'idempotency-key');
    if (header(request, 'authorization') !== 'Bearer sk_test_secret') {
      return send(response, refusal(401, 'invalid_request_error', 'Invalid API Key provided'));
    }
    requests.push({ step, key });
    const index = mishaps.findIndex(([of]) => of === step);
    const [[, mishap] = []] = index < 0 ? [] : mishaps.splice(index, 1);
    if (mishap === 'hangs up') return void request.socket.destroy();
    if (typeof mishap === 'object') return send(response, refusal(mishap.answer, 'api_error', 'Not now.'));
    if (mishap === 'acts late') await gate.promise;
    const answer = once(key, () => act(step, id, form));
    if (mishap === 'answers late') await gate.promise;
    if (mishap === 'hangs up afterwards') return void request.socket.destroy();
    send(response, answer);
  }

  function once(key: string | undefined, work: () => Answer): Answer {
    const answer = (key && answered.get(key)) || work();
    if (key) answered.set(key, answer);
    return answer;
  }

  function act(step: Step, id: string, form: URLSearchParams): Answer {
    if (step === 'open') return open(form);
    const intent = intents.get(id);
    if (!intent) return refusal(404, 'invalid_request_error', 'No such payment_intent', 'resource_missing');
    if (step === 'look') return { status: 200, body: shown(intent) };
    if (intent.status !== 'requires_confirmation') {
      return refusal(
        400,
        'invalid_request_error',
        `It is ${intent.status}.`,
        'payment_intent_unexpected_state',
      );
    }
    if (step === 'cancel') intent.status = 'canceled';
    else if (intent.method === 'pm_declined') return decline(intent);
    else if (intent.method === 'pm_slow_bank') intent.status = 'processing';
    else take(intent);
    return { status: 200, body: shown(intent) };
  }

  function open(form: URLSearchParams): Answer {
    const method = form.get('payment_method') ?? '';
    if (method === 'pm_unknown') {
      return refusal(400, 'invalid_request_error', 'No such PaymentMethod', 'resource_missing');
    }
    const intent: Intent = {
      id: `pi_${randomUUID()}`,
      amount: Number(form.get('amount')),
      currency: form.get('currency') ?? '',
      description: form.get('description') ?? '',
      status: 'requires_confirmation',
      method,
      last_payment_error: null,
    };
    intents.set(intent.id, intent);
    return { status: 200, body: shown(intent) };
  }

  function decline(intent: Intent): Answer {
    intent.status = 'requires_payment_method';
    intent.last_payment_error = { message: 'Your card was declined.' };
    return refusal(402, 'card_error', 'Your card was declined.', 'card_declined');
  }

  function take(intent: Intent): void {
    intent.status = 'succeeded';
    taken.push({ intent: intent.id, amount: intent.amount, currency: intent.currency });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    taken,
    intents,
    /** What happens to the next requests of that kind, one after the other. */
    plan(step: Step, ...next: Mishap[]) {
      for (const mishap of next) mishaps.push([step, mishap]);
    },
    /** Nothing more goes wrong. */
    recover: () => void mishaps.splice(0),
    /** Lets everything that is late go on. */
    release() {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    /** A slow bank's money arrives. */
    arrive() {
      for (const intent of intents.values()) if (intent.status === 'processing') take(intent);
    },
    /** Forgets what was answered, as a provider does after a day. */
    forgetKeys: () => answered.clear(),
    reset() {
      for (const list of [requests, taken, mishaps]) list.length = 0;
      intents.clear();
      answered.clear();
    },
    close() {
      gate.resolve();
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type TestPaymentProvider = Awaited<ReturnType<typeof startPaymentProvider>>;

function stepOf(method: string | undefined, id: string, action: string): Step {
  if (method === 'GET') return 'look';
  if (id === '') return 'open';
  return action === 'confirm' ? 'capture' : 'cancel';
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function refusal(status: number, type: string, message: string, code?: string): Answer {
  return { status, body: { error: { type, message, ...(code && { code }) } } };
}

const shown = ({ method, ...intent }: Intent) => ({
  object: 'payment_intent',
  payment_method: method,
  ...intent,
});

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
