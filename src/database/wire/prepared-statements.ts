import type { Step } from './step.ts';

/**
 * Long lists are seldom of the same length twice, and planning a long text anew costs little beside running it: what is
 * larger than this stays unnamed, and is gone with the next statement.
 */
const MAX_NAMED_PARAMETERS = 100;
const MAX_NAMED_LENGTH = 4_096;

/** What the server keeps of a named statement for each character, and for each parameter: see docs/decisions/0070. */
const BYTES_PER_CHARACTER = 180;
const BYTES_PER_PARAMETER = 512;

interface Named {
  readonly name: string;
  /** An estimate. */
  readonly bytes: number;
}

/**
 * The named prepared statements of one connection, bounded by the memory that the server needs for their parse trees and
 * plans: the least recently used make room, and are closed with the next batch.
 */
export class PreparedStatements {
  readonly #budget: number;
  readonly #statements = new Map<string, Named>();
  #bytes = 0;
  #fresh: string[] = [];
  #discarded: string[] = [];
  #names = 0;

  /** @param budget bytes that all may take at the server; with 0 there are no names */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get count(): number {
    return this.#statements.size;
  }

  /** What they take at the server, in bytes: an estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The name for a text with so many parameters, and whether the server must parse it first. There is no name for a
   * text that is too large to be kept, and none at all without a budget.
   */
  prepare(key: string, parameters: number): { name?: string; parse: boolean } {
    const known = this.#statements.get(key);
    if (known) {
      this.#statements.delete(key);
      this.#statements.set(key, known);
      return { name: known.name, parse: false };
    }
    const bytes = key.length * BYTES_PER_CHARACTER + parameters * BYTES_PER_PARAMETER;
    const tooLarge = parameters > MAX_NAMED_PARAMETERS || key.length > MAX_NAMED_LENGTH;
    if (tooLarge || bytes > this.#budget) return { parse: true };
    const name = `s${this.#names++}`;
    this.#statements.set(key, { name, bytes });
    this.#bytes += bytes;
    this.#fresh.push(key);
    this.#makeRoom();
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

  /** Has all of them closed with the next batch, and parsed anew when they are next asked for. */
  forgetAll(): void {
    for (const key of this.#statements.keys()) this.#forget(key);
  }

  /** What the next batch must begin with. */
  takeClosing(): Step[] {
    if (this.#discarded.length === 0) return [];
    const discarded = this.#discarded;
    this.#discarded = [];
    return discarded.map((name) => ({ kind: 'close', what: 'statement', name }));
  }

  #makeRoom(): void {
    for (const key of this.#statements.keys()) {
      if (this.#bytes <= this.#budget) break;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    const statement = this.#statements.get(key);
    if (!statement) return;
    this.#statements.delete(key);
    this.#bytes -= statement.bytes;
    this.#discarded.push(statement.name);
  }
}
