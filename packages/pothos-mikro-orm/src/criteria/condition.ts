import type { Relation } from '../sql/relation.ts';

/**
 * A filter, taken apart: what concerns the row's own columns stays as MikroORM's `where` (its query builder makes the
 * SQL), what leads to other rows is a subquery over those that are visible.
 */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'own'; readonly where: Readonly<Record<PropertyKey, unknown>> }
  | RelatedCondition;

/** What must hold of the rows at the other end of a relation. Only those count that the filters leave visible. */
export interface RelatedCondition {
  readonly kind: 'related';
  readonly relation: Relation;
  /** `joined`: MikroORM's LEFT JOIN, so a relation that is empty counts as a row of nulls. */
  readonly quantifier: 'joined' | 'some' | 'none' | 'every' | 'size';
  readonly matches: Condition;
  /** With `size`: how many there must be, as an SQL comparison. */
  readonly size?: readonly (readonly [operator: string, value: unknown])[];
  /** The target's filters. */
  readonly visible: Visible;
}

/** Set once the filters were evaluated, which can take a while. */
export interface Visible {
  condition: Condition;
}

export const everything: Condition = { kind: 'all', of: [] };

/** One condition for several that must all hold. */
export function all(conditions: readonly Condition[]): Condition {
  const needed = conditions.filter((condition) => !isEverything(condition));
  const [only] = needed;
  return only && needed.length === 1 ? only : { kind: 'all', of: needed };
}

export const isEverything = (condition: Condition): boolean =>
  (condition.kind === 'all' && condition.of.every(isEverything)) ||
  (condition.kind === 'own' && Reflect.ownKeys(condition.where).length === 0);

/**
 * `$not`: it goes to the leaves, since what a join finds is not what a join does not find. `{ $not: { approver: { email:
 * 'x' } } }` is of approvers with another address, not of rows without one.
 */
export function negated(condition: Condition): Condition {
  switch (condition.kind) {
    case 'all':
      return { kind: 'any', of: condition.of.map(negated) };
    case 'any':
      return all(condition.of.map(negated));
    case 'not':
      return condition.of;
    case 'related':
      if (condition.quantifier === 'joined') return { ...condition, matches: negated(condition.matches) };
      return { kind: 'not', of: condition };
    case 'own':
      return { kind: 'not', of: condition };
  }
}

/**
 * Whether a condition holds of a row that does not exist, all of whose columns are null: MikroORM joins a relation that
 * may be empty with a LEFT JOIN, so `{ approver: { email: null } }` also finds rows without an approver. Undefined where
 * SQL would say unknown.
 */
export function holdsOfMissing(condition: Condition): boolean | undefined {
  switch (condition.kind) {
    case 'all':
      return conjunction(condition.of.map(holdsOfMissing));
    case 'any':
      return negation(conjunction(condition.of.map((part) => negation(holdsOfMissing(part)))));
    case 'not':
      return negation(holdsOfMissing(condition.of));
    case 'related':
      if (condition.quantifier === 'joined') return holdsOfMissing(condition.matches);
      return condition.quantifier === 'none' || condition.quantifier === 'every' ? true : undefined;
    case 'own':
      return conjunction(Reflect.ownKeys(condition.where).map((key) => nullSatisfies(condition.where[key])));
  }
}

const negation = (truth: boolean | undefined): boolean | undefined =>
  truth === undefined ? undefined : !truth;

function conjunction(parts: readonly (boolean | undefined)[]): boolean | undefined {
  if (parts.includes(false)) return false;
  return parts.includes(undefined) ? undefined : true;
}

function nullSatisfies(value: unknown): boolean | undefined {
  if (value === null) return true;
  if (typeof value !== 'object') return undefined;
  return conjunction(
    Object.entries(value as object).map(([operator, operand]) => {
      if (operand !== null) return undefined;
      return operator === '$eq' ? true : operator === '$ne' ? false : undefined;
    }),
  );
}
