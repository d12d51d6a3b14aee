import type { EntityMetadata } from '@mikro-orm/core';
import type { FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { Budget } from '../plan/budget.ts';
import type { Statement } from '../sql/statement.ts';
import { type Edge, type Level, newLevel, type Wants } from './level.ts';
import type { SelectionScope } from './select.ts';

export type Allowed = (
  field: GraphQLField<unknown, unknown>,
  type: GraphQLObjectType,
  context: object,
) => boolean;

/** A statement, and its place in the budget of all statements. */
export interface KeptStatement {
  readonly statement: Statement;
  readonly ticket: object;
}

/** What a field's selection needs: found once, then used for each request with the same document. */
export interface Plan {
  readonly level: Level;
  readonly wants: Wants;
  /** Every edge of the tree, in one order. */
  readonly edges: readonly Edge[];
  /** SQL by the shape of the criteria. */
  readonly statements: Map<string, KeptStatement>;
}

/** A plan holds for the same schema, the same answers of `@skip` and `@include`, and the same permissions. */
interface Known {
  readonly schema: GraphQLSchema;
  /** The GraphQL type that is selected on: two can be over one entity. */
  readonly type: string;
  readonly nodes: readonly FieldNode[];
  readonly variables: readonly (readonly [name: string, value: unknown])[];
  readonly verdicts: readonly (readonly [
    field: GraphQLField<unknown, unknown>,
    type: GraphQLObjectType,
    verdict: boolean,
  ])[];
  readonly plan: Plan;
  /** Its place in the budget of all plans. */
  readonly ticket: object;
}

/** What a plan is made for. */
export interface PlanTarget {
  readonly entity: EntityMetadata;
  /** The GraphQL type's name. */
  readonly type: string;
}

/** More variants than this of one field make the oldest go. */
const mostVariants = 64;

/** All plans of a loader; sizes are columns and relations. */
const most = { count: 5000, size: 200_000 };

/** Plans by field node: they go with the document, and together they are bounded. */
export class Plans {
  readonly #budget: Budget;
  readonly #known = new WeakMap<FieldNode, Known[]>();
  readonly #allowed: Allowed | undefined;

  constructor(allowed: Allowed | undefined, bounds: typeof most = most) {
    this.#allowed = allowed;
    this.#budget = new Budget(bounds);
  }

  /**
   * @param nodes the field nodes whose selection (or which themselves) are to be loaded
   * @param build adds what they need
   */
  find(
    info: GraphQLResolveInfo,
    nodes: readonly FieldNode[],
    target: PlanTarget,
    context: object,
    build: (scope: SelectionScope, level: Level, wants: Wants) => void,
  ): Plan {
    const [node] = nodes;
    if (!node) throw new Error('A field has no node.');
    const variants = this.#known.get(node) ?? [];
    const hit = variants.find((known) => this.#holds(known, info, nodes, target, context));
    if (hit) {
      this.#budget.use(hit.ticket);
      return hit.plan;
    }
    const known = this.#build(info, nodes, target, context, build);
    this.#known.set(node, variants);
    this.#keep(variants, known);
    return known.plan;
  }

  /** How many plans are kept, and their size. */
  get kept(): { readonly count: number; readonly size: number } {
    const { count, size } = this.#budget;
    return { count, size };
  }

  #keep(variants: Known[], known: Known): void {
    const { plan, ticket } = known;
    const oldest = variants.push(known) > mostVariants ? variants.shift() : undefined;
    if (oldest) this.#budget.drop(oldest.ticket);
    const size = [plan.level, ...plan.edges.flatMap(({ targets }) => targets)]
      .map(({ columns, edges }) => columns.size + edges.size)
      .reduce((sum, each) => sum + each, 0);
    this.#budget.keep(ticket, size, forgetting(new WeakRef(variants), new WeakRef(known)));
  }

  #holds(
    known: Known,
    { schema, variableValues }: GraphQLResolveInfo,
    nodes: readonly FieldNode[],
    target: PlanTarget,
    context: object,
  ): boolean {
    return (
      known.schema === schema &&
      known.type === target.type &&
      known.plan.level.entity.class === target.entity.class &&
      known.nodes.length === nodes.length &&
      known.nodes.every((node, i) => node === nodes[i]) &&
      known.variables.every(([name, value]) => variableValues[name] === value) &&
      known.verdicts.every(([field, type, verdict]) => this.#allowed?.(field, type, context) === verdict)
    );
  }

  #build(
    { schema, fragments, variableValues }: GraphQLResolveInfo,
    nodes: readonly FieldNode[],
    target: PlanTarget,
    context: object,
    build: (scope: SelectionScope, level: Level, wants: Wants) => void,
  ): Known {
    const verdicts = new Map<GraphQLField<unknown, unknown>, readonly [GraphQLObjectType, boolean]>();
    const isAllowed = (field: GraphQLField<unknown, unknown>, type: GraphQLObjectType): boolean => {
      if (!this.#allowed) return true;
      const verdict = this.#allowed(field, type, context);
      verdicts.set(field, [type, verdict]);
      return verdict;
    };
    const scope: SelectionScope = {
      schema,
      fragments,
      variables: variableValues,
      conditions: new Set(),
      isAllowed,
    };
    const level = newLevel(target.entity);
    const wants: Wants = { rows: false, count: false };
    build(scope, level, wants);
    return {
      schema,
      type: target.type,
      nodes: [...nodes],
      variables: [...scope.conditions].map((name) => [name, variableValues[name]]),
      verdicts: [...verdicts].map(([field, [type, verdict]]) => [field, type, verdict]),
      plan: { level, wants, edges: edgesBelow(level), statements: new Map() },
      ticket: {},
    };
  }
}

const forgetting = (variants: WeakRef<Known[]>, known: WeakRef<Known>) => () => {
  const [list, one] = [variants.deref(), known.deref()];
  if (list && one) list.splice(list.indexOf(one), 1);
};

const edgesBelow = (level: Level): Edge[] =>
  [...level.edges.values()].flatMap((edge) => [edge, ...edge.targets.flatMap(edgesBelow)]);
