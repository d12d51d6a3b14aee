import type { AnswerReader } from './answer.ts';
import type { Encoded } from './values.ts';

/** One part of a batch. */
export type Step =
  | {
      readonly kind: 'statement';
      readonly text: string;
      readonly values: Encoded[];
      /** Name of its prepared statement; unnamed without. */
      readonly name?: string;
      /** False when the server has the prepared statement already. */
      readonly parse: boolean;
      /** False when nobody reads the rows: then the server is not asked to describe them. */
      readonly keepRows: boolean;
      /** Leave the statement open after `limit` rows, to be continued by `fetch` in the same transaction. */
      readonly portal?: { readonly name: string; readonly limit: number };
    }
  | {
      readonly kind: 'fetch';
      readonly portal: string;
      readonly limit: number;
      readonly after: AnswerReader;
    }
  | { readonly kind: 'close'; readonly what: 'portal' | 'statement'; readonly name: string };

/** A command of the driver's own, such as COMMIT or a savepoint: unnamed, without parameters or rows. */
export function command(text: string): Step {
  return { kind: 'statement', text, values: [], parse: true, keepRows: false };
}
