import { debianProgram } from '../support/debian.ts';
import { findPgBouncer } from '../support/pgbouncer.ts';
import { findPrometheus } from './prometheus.ts';

/** Before the run: a program that can't be had here is one line, and the end. */
export default function assertAvailable(): void {
  try {
    findPrometheus();
    findPgBouncer();
    debianProgram('docker-compose', ['docker-compose']);
  } catch (error) {
    process.stderr.write(`test:operator: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}
