import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** The least important lines that are written. @default 'info' */
  readonly level?: string;
  /** @default standard output, without blocking, where lines are gathered for a moment */
  readonly stream?: DestinationStream;
}

/** A write costs more than its line: lines are written when there are so many characters, or so many milliseconds went by. */
const GATHERED = { minLength: 4_096, periodicFlush: 100 };

/** Wherever these members turn up, one level deep or at the top, their values stay out of the log. */
const SECRETS = ['authorization', 'cookie', 'password', 'token', 'secret', 'masterKey', 'connectionString'];

/** A logger of JSON lines. It never writes credentials, and no request's variables are ever given to it. */
export function createLogger({ level = 'info', stream }: LoggerOptions = {}): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]);
  return pino(
    { level, base: null, timestamp: stdTimeFunctions.isoTime, redact: { paths, censor: '[redacted]' } },
    stream ?? destination({ dest: 1, sync: false, ...GATHERED }),
  );
}
