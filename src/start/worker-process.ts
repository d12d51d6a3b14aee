import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Config } from '../config.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface WorkerProcessOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly config: Config;
  readonly logger: Logger;
}

/** Milliseconds before another worker is started in place of one that ended. */
const PAUSE = 1_000;
/** Milliseconds after which a worker that was told to stop is stopped. */
const PATIENCE = 15_000;

/**
 * Keeps a worker running as a process of its own, on this process's database. It ends with this process, also when that
 * is killed: a worker without its parent stops by itself. One that ends by itself is replaced.
 */
export function superviseWorker({ command, config, logger }: WorkerProcessOptions): AsyncDisposable {
  const [program = process.execPath, ...words] = command;
  let child: ChildProcess = start();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function start(): ChildProcess {
    const started = spawn(program, words, {
      // The database and its key may have been made by this process: the worker finds them as anybody would, given.
      env: {
        ...process.env,
        DATABASE_URL: config.DATABASE_URL,
        INSULA_MASTER_KEY: config.INSULA_MASTER_KEY.toString('base64'),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    started.on('error', (error) => logger.warn({ err: error }, 'the worker could not be started'));
    started.once('close', (code, signal) => {
      // Whoever stops everything at the terminal stops the worker too, perhaps before this process knows.
      timer = setTimeout(() => {
        if (stopped) return;
        logger.warn({ code, signal }, 'the worker ended; another one is started');
        child = start();
      }, PAUSE);
    });
    return started;
  }

  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await ended;
      clearTimeout(patience);
      clearTimeout(timer);
    },
  };
}
