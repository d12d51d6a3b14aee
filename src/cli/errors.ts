import pg from 'pg';
import { ConfigError } from '../config.ts';

/** What an error says to whoever typed the command: a line, or a line for each fault. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof pg.DatabaseError) return explainDatabase(error);
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0]);
  if (error instanceof Error && 'syscall' in error && error.syscall === 'connect') {
    return `The database can't be reached: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}

function explainDatabase(error: pg.DatabaseError): string {
  switch (error.code) {
    case '28P01':
    case '28000':
      return `${error.message}: run "insula install", or check INSULA_MASTER_KEY and DATABASE_URL.`;
    case '3F000':
    case '42P01':
      return `${error.message}: run "insula install" and "insula migrate".`;
    default:
      return `${error.message} (SQLSTATE ${error.code})`;
  }
}
