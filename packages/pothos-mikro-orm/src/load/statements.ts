import { Budget } from '../plan/budget.ts';
import type { Plan } from '../selection/plans.ts';
import type { Statement } from '../sql/statement.ts';

/** All statements of a loader; sizes are characters of SQL and keys. */
const most = { count: 2000, size: 4_000_000 };

/**
 * SQL by plan and shape of the criteria. Each plan keeps its own, and takes them along when its document goes; together
 * they are bounded, or a client that thinks of ever new shapes would fill the memory.
 */
export class Statements {
  readonly #budget: Budget;

  constructor(bounds: typeof most = most) {
    this.#budget = new Budget(bounds);
  }

  /** How many are kept, and their size. */
  get kept(): { readonly count: number; readonly size: number } {
    const { count, size } = this.#budget;
    return { count, size };
  }

  /** The plan's statement for a shape; built where there is none yet. */
  find(plan: Plan, key: string, build: () => Statement): Statement {
    const known = plan.statements.get(key);
    if (known) {
      this.#budget.use(known.ticket);
      return known.statement;
    }
    const statement = build();
    const size = statement.text.length + key.length;
    if (this.#budget.admits(size)) {
      const ticket = {};
      plan.statements.set(key, { statement, ticket });
      this.#budget.keep(ticket, size, forgetting(new WeakRef(plan), key));
    }
    return statement;
  }
}

const forgetting = (plan: WeakRef<Plan>, key: string) => () => {
  plan.deref()?.statements.delete(key);
};
