import { Socket } from 'node:net';

/** Sockets that can be destroyed: the driver waits for the other side's goodbye, which a dead line never brings. */
export class TrackedSockets {
  readonly #sockets = new Set<Socket>();

  open(): Socket {
    const socket = new Socket();
    this.#sockets.add(socket);
    return socket.once('close', () => this.#sockets.delete(socket));
  }

  /** Waits for an orderly end, and destroys the sockets when it takes longer than `milliseconds`. */
  async closeWithin(milliseconds: number, end: Promise<void>): Promise<void> {
    const { promise: impatience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
      resolve();
    }, milliseconds);
    try {
      await Promise.race([end, impatience]);
    } finally {
      clearTimeout(timer);
    }
  }
}
