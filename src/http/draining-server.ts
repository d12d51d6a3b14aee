import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as delay, setImmediate as pollIsOver } from 'node:timers/promises';
import { refuseSocket } from './failures.ts';
import { type ListenOptions, listenOn } from './listen.ts';

export interface DrainingServerOptions extends ListenOptions {
  readonly listener: RequestListener;
  /** Milliseconds that a client may take to send a request; then it gets a 408. @default 30_000 */
  readonly requestTimeout?: number;
  /** Milliseconds that an idle connection is kept. @default 65_000 */
  readonly keepAliveTimeout?: number;
  /** Milliseconds between the notice that the server stops and its end. @default 0 */
  readonly drainNotice?: number;
  /** Milliseconds that idle connections are kept after it: a request may be on its way. @default 100 */
  readonly grace?: number;
  /** Milliseconds that running requests may take to end. @default 30_000 */
  readonly drainTimeout?: number;
}

/**
 * An HTTP server that loses no request when it stops.
 *
 * It gives notice first: it goes on serving, but every reply ends its connection, so that clients and balancers go
 * elsewhere by themselves. Then it stops listening, and after a grace closes what is idle still, and waits for what runs.
 * Closing idle connections at once, as `close` of Node's HTTP server does, would cut those on which a request is on its
 * way: their clients would see a reset, and could not know whether it was served.
 */
export class DrainingServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: DrainingServerOptions;
  readonly #open = new Set<ServerResponse>();
  #draining = false;
  #closed: Promise<void> | undefined;

  constructor(options: DrainingServerOptions) {
    const { listener, requestTimeout = 30_000, keepAliveTimeout = 65_000 } = options;
    this.#options = options;
    const tracked: RequestListener = (req, res) => {
      this.#open.add(res);
      res.once('close', () => this.#open.delete(res));
      if (this.#draining) res.shouldKeepAlive = false;
      listener(req, res);
    };
    this.#server = createServer({
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, 10_000),
      keepAliveTimeout,
      // How often timeouts are looked at.
      connectionsCheckingInterval: Math.min(requestTimeout, 1_000),
    });
    this.#server
      .on('request', tracked)
      // Whoever asks before it sends a body gets its answer when the body is wanted. Refused, it may send the body or
      // its next request: nobody can tell them apart, so that connection ends.
      .on('checkContinue', (req, res) => {
        res.shouldKeepAlive = false;
        tracked(req, res);
      })
      .on('clientError', refuseSocket);
  }

  /** True from the moment that the server is told to stop. */
  get draining(): boolean {
    return this.#draining;
  }

  /**
   * @returns the port that it listens on.
   * @throws PortTaken
   */
  async listen(): Promise<number> {
    await listenOn(this.#server, this.#options);
    return addressOf(this.#server).port;
  }

  /** Resolves when the last reply has left. Connections that outlast the drain timeout are cut. */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #drain(): Promise<void> {
    const { drainNotice = 0, grace = 100, drainTimeout = 30_000 } = this.#options;
    this.#draining = true;
    if (!this.#server.listening) return;
    for (const res of this.#open) res.shouldKeepAlive = false;
    // A reply whose headers have left already keeps its connection: this long.
    this.#server.keepAliveTimeout = grace;
    await delay(drainNotice);
    const closed = once(this.#server, 'close');
    const deadline = setTimeout(() => this.#server.closeAllConnections(), drainTimeout);
    await this.#acceptWaiting(grace);
    NetServer.prototype.close.call(this.#server);
    await Promise.race([closed, delay(grace)]);
    // Now everything that has arrived was read.
    await pollIsOver();
    // What is idle, and Node's own look-out for timeouts.
    this.#server.close();
    await closed;
    clearTimeout(deadline);
  }

  /** Node takes one connection in each turn of its loop; those that wait in the kernel's queue would be reset. */
  async #acceptWaiting(atMost: number): Promise<void> {
    let waiting = true;
    const note = () => {
      waiting = true;
    };
    this.#server.on('connection', note);
    for (const end = performance.now() + atMost; waiting && performance.now() < end; ) {
      waiting = false;
      await pollIsOver();
    }
    this.#server.off('connection', note);
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address;
}

export { PortTaken } from './listen.ts';
