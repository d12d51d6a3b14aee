import type { Step } from './step.ts';

/**
 * The server keeps a named statement's parse tree and plan: half a kilobyte for each parameter of a list, 25 bytes and
 * more for each character. Long lists are seldom of the same length twice, and planning a long text anew costs little
 * beside running it; so what is larger than this stays unnamed, and is gone with the next statement. With it a kept
 * statement takes a tenth of a megabyte, as a rule.
 */
const MAX_NAMED_PARAMETERS = 100;
const MAX_NAMED_LENGTH = 4_096;

/**
 * The named prepared statements of one connection, bounded: the least recently used makes room, and is closed with
 * the next batch.
 */
export class PreparedStatements {
  readonly #limit: number;
  readonly #names = new Map<string, string>();
  #fresh: string[] = [];
  #discarded: string[] = [];
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The name for a text with so many parameters, and whether the server must parse it first. There is no name for a
   * text that is too large to be kept, and none at all with a limit of 0.
   */
  prepare(key: string, parameters: number): { name?: string; parse: boolean } {
    const tooLarge = parameters > MAX_NAMED_PARAMETERS || key.length > MAX_NAMED_LENGTH;
    if (this.#limit === 0 || tooLarge) return { parse: true };
    const known = this.#names.get(key);
    if (known !== undefined) {
      this.#names.delete(key);
      this.#names.set(key, known);
      return { name: known, parse: false };
    }
    const name = `s${this.#count++}`;
    this.#names.set(key, name);
    this.#fresh.push(key);
    if (this.#names.size > this.#limit) {
      const [oldest] = this.#names.keys();
      if (oldest !== undefined) this.#forget(oldest);
    }
    return { name, parse: true };
  }

  /**
   * Tells how the batch went. After a failure it is unknown which of its new statements the server has: they will be
   * closed and parsed anew.
   */
  settle(succeeded: boolean): void {
    if (!succeeded) for (const key of this.#fresh) this.#forget(key);
    this.#fresh = [];
  }

  #forget(key: string): void {
    const name = this.#names.get(key);
    if (name === undefined) return;
    this.#names.delete(key);
    this.#discarded.push(name);
  }

  /** Has all of them closed with the next batch, and parsed anew when they are next asked for. */
  forgetAll(): void {
    this.#discarded.push(...this.#names.values());
    this.#names.clear();
  }

  /** What the next batch must begin with. */
  takeClosing(): Step[] {
    if (this.#discarded.length === 0) return [];
    const discarded = this.#discarded;
    this.#discarded = [];
    return discarded.map((name) => ({ kind: 'close', what: 'statement', name }));
  }
}
