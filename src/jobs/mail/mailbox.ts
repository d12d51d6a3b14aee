import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Envelope, Mailer } from './mailer.ts';

/** A letter that was caught. */
export interface CaughtLetter extends Envelope {
  /** ISO 8601. */
  readonly at: string;
}

/** How many letters are shown. */
const SHOWN = 200;

/**
 * Catches mail in a directory, a file for each Message-ID, in place of sending it: for development, where the worker
 * writes and the gateway shows.
 */
export function createMailbox(options: { readonly directory: string; readonly from: string }) {
  const directory = join(options.directory, 'mail');
  const mailer: Mailer = {
    from: options.from,
    async send(envelope) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const name = createHash('sha256').update(envelope.messageId).digest('hex');
      const letter: CaughtLetter = { ...envelope, at: new Date().toISOString() };
      const draft = join(directory, `${randomUUID()}.draft`);
      await writeFile(draft, JSON.stringify(letter), { mode: 0o600 });
      // Whoever reads finds a whole letter or none.
      await rename(draft, join(directory, `${name}.json`));
    },
  };
  return {
    mailer,
    /** The latest letters, the newest first. */
    async letters(): Promise<CaughtLetter[]> {
      const names = await readdir(directory).catch(() => []);
      const files = names.filter((name) => name.endsWith('.json'));
      const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
      const letters: CaughtLetter[] = texts.map((text) => JSON.parse(text));
      return letters.sort((a, b) => b.at.localeCompare(a.at)).slice(0, SHOWN);
    },
  };
}
