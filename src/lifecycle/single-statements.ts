import type { OperationDefinitionNode } from 'graphql';
import type { SessionReport } from '../session/runner.ts';

/**
 * Which queries send one statement alone, as far as is known from how they went before. It is never more than an
 * expectation: one that sends another statement after all runs again, and is not expected to send one from then on.
 */
export class SingleStatements {
  readonly #expected = new WeakMap<OperationDefinitionNode, boolean>();

  expectsOf(node: OperationDefinitionNode): boolean {
    return this.#expected.get(node) ?? false;
  }

  learn(node: OperationDefinitionNode, { statements, attempts }: SessionReport): void {
    // What was repeated for another's sake tells nothing, nor does what never came to its statement.
    if (attempts !== 1 || statements === 0 || this.#expected.get(node) === false) return;
    this.#expected.set(node, statements === 1);
  }
}
