/** A transaction or savepoint that MikroORM or Kysely opened inside the operation's transaction. */
export interface Level {
  /** The connection handle that it was opened through. */
  readonly owner: object;
  /** The savepoint's name, quoted; none for the outermost, which is the operation's transaction itself. */
  readonly savepoint: string | undefined;
  /** True for a savepoint that its owner set inside a transaction of its own. */
  readonly nested: boolean;
  /** How many statements the operation had sent before. */
  readonly since: number;
  /** True when somebody else's statements ran inside it: rolling it back would undo theirs too. */
  shared: boolean;
}

/**
 * What is open inside an operation's transaction, outermost first. Transactions that were begun side by side share one
 * stack of savepoints here; the handle that each goes through tells them apart.
 */
export class Levels {
  readonly #stack: Level[] = [];

  get empty(): boolean {
    return this.#stack.length === 0;
  }

  /** Whether a transaction was begun that has not ended. */
  get open(): boolean {
    return this.#stack.some(({ nested }) => !nested);
  }

  push(level: Level): void {
    this.#stack.push(level);
  }

  /** Notes that a statement goes through `owner`. */
  touch(owner: object): void {
    for (const level of this.#stack) if (level.owner !== owner) level.shared = true;
  }

  isTop(level: Level): boolean {
    return this.#stack.at(-1) === level;
  }

  transactionOf(owner: object): Level | undefined {
    return this.#stack.find((level) => level.owner === owner && !level.nested);
  }

  savepointOf(owner: object, savepoint: string): Level | undefined {
    return this.#stack.findLast(
      (level) => level.owner === owner && level.nested && level.savepoint === savepoint,
    );
  }

  /** Ends a level, and its owner's savepoints above it. */
  end(level: Level): void {
    const from = this.#stack.indexOf(level);
    const others = this.#stack.slice(from).filter(({ owner }) => owner !== level.owner);
    this.#stack.splice(from, Infinity, ...others);
  }

  /** Forgets what was above a level that was rolled back to: those savepoints are gone. */
  cutAbove(level: Level): void {
    this.#stack.length = this.#stack.indexOf(level) + 1;
  }
}
