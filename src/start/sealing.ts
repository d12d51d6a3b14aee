import pg from 'pg';
import { appendAnchor } from '../audit/sealing/anchors.ts';
import { sealTenants } from '../audit/sealing/seal-tenants.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface SealingOptions {
  /** Connection string of the worker's login, which seals without reading a row. */
  readonly url: string;
  /** Signs the seals. */
  readonly key: Buffer;
  /** A file to which each seal's head is added. @default none */
  readonly anchors?: string | undefined;
  /** Milliseconds between two rounds. */
  readonly every: number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** Seals all tenants' audit trails again and again, off the hot path. Each worker may: they take turns. */
export function startSealing({ url, key, anchors, every, logger }: SealingOptions): AsyncDisposable {
  const pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'insula sealing' });
  pool.on('error', (error) => logger.warn({ err: error }, 'the connection of the sealing ended'));
  const stop = new AbortController();

  async function round(): Promise<void> {
    try {
      const { failed } = await sealTenants({
        pool,
        key,
        signal: stop.signal,
        onSeal(anchor) {
          if (anchors !== undefined) appendAnchor(anchors, anchor);
          logger.info({ ...anchor }, 'audit trail sealed');
        },
      });
      for (const failure of failed)
        logger.warn(failure, 'an audit trail was not sealed; it will be tried again');
    } catch (error) {
      if (!stop.signal.aborted)
        logger.warn({ err: error }, 'audit trails were not sealed; it will be tried again');
    }
  }

  let running = round();
  const timer = setInterval(() => {
    running = running.then(round);
  }, every);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stop.abort();
      await running;
      await pool.end();
    },
  };
}
