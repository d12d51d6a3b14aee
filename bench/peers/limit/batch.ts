import type pg from 'pg';
import type { Connection, Submittable } from 'pg';
import { prepareValue } from 'pg/lib/utils.js';

/** A statement under a name: parsed once for each connection. */
export interface Named {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const MORE = true;
const prepared = new WeakMap<Connection, Set<string>>();

/**
 * Two named statements with one Sync, in one write: one round trip, one implicit transaction. The first one opens the
 * session; of the second the first column of its only row is kept.
 */
export class Batch implements Submittable {
  readonly value: Promise<string>;
  readonly #statements: readonly Named[];
  readonly #outcome = Promise.withResolvers<string>();
  #completed = 0;
  #value = '';
  #failure: Error | undefined;

  constructor(session: Named, statement: Named) {
    this.#statements = [session, statement];
    this.value = this.#outcome.promise;
  }

  submit(connection: Connection): void {
    const known = prepared.get(connection) ?? new Set();
    prepared.set(connection, known);
    connection.stream.cork();
    for (const { name, text, values } of this.#statements) {
      if (!known.has(name)) connection.parse({ name, text, types: [] }, MORE);
      known.add(name);
      connection.bind({ statement: name, values: values.map(prepareValue) }, MORE);
      connection.execute(null, MORE);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    if (this.#completed === 1) this.#value = fields[0] ?? 'null';
  }

  handleCommandComplete(): void {
    this.#completed++;
  }

  handleRowDescription(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  handleError(error: Error): void {
    this.#failure = error;
    this.#outcome.reject(error);
  }

  handleReadyForQuery(): void {
    if (!this.#failure) this.#outcome.resolve(this.#value);
  }
}

/** Sends a batch on one of the pool's connections. */
export async function send(pool: pg.Pool, session: Named, statement: Named): Promise<string> {
  const client = await pool.connect();
  try {
    const batch = new Batch(session, statement);
    client.query(batch);
    return await batch.value;
  } finally {
    client.release();
  }
}
