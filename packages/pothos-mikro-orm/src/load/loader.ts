import { BasePostgreSqlPlatform, type SqlEntityManager } from '@mikro-orm/sql';
import { getMappedArgumentValues, type SchemaTypes } from '@pothos/core';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import { type PageArguments, pageRequest } from '../connection/page.ts';
import { type Rows, RowsPreparer, type RowsRequest } from '../criteria/rows.ts';
import { Shape as CriteriaShape } from '../criteria/shape.ts';
import { badUserInput } from '../errors.ts';
import { defaultMaxSize, defaultPageSize, type MikroOrmOptions } from '../options.ts';
import { type Edge, type Level, targetOf, type Wants } from '../selection/level.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import { type Plan, Plans, type PlanTarget } from '../selection/plans.ts';
import type { SelectionScope } from '../selection/select.ts';
import type { Shape } from '../shape/shape.ts';
import { ShapedStatementBuilder } from '../shape/shaped-statement.ts';
import type { Writing } from '../shape/shaper.ts';
import { Hole } from '../sql/fragment.ts';
import { type Result, type Statement, StatementBuilder } from '../sql/statement.ts';
import { Batches } from './batch.ts';
import { executeWithKysely } from './execute.ts';

/** More statements than this of one plan make the oldest go: a client must not fill the memory. */
const mostStatements = 100;

/** What is to be loaded. */
export interface LoadRequest {
  readonly plan: Plan;
  readonly result: Result;
  readonly rows: Omit<RowsRequest, 'entity'>;
  readonly context: object;
  readonly info: GraphQLResolveInfo;
  /** Has SQL write the JSON of this shape. @default rows are loaded */
  readonly shape?: Shape | undefined;
}

/** A row, and the field nodes of what it lacks. */
export interface MissingField {
  readonly row: unknown;
  readonly nodes: readonly FieldNode[];
}

/** Loads what a plan wants, in one statement. One for each builder. */
export class Loader {
  readonly options: MikroOrmOptions<SchemaTypes>;
  readonly defaultSize: number;
  readonly maxSize: number;
  /** Rows that lack a field, until the tick is over. */
  readonly missing = new Batches<MissingField, ReadonlyMap<string, LoadedRow>>();
  /** What SQL may write of the application's. */
  readonly writing: Writing;
  readonly #plans: Plans;
  readonly #usualLimits: ReadonlySet<number>;

  constructor(options: MikroOrmOptions<SchemaTypes>) {
    this.options = options;
    this.defaultSize = options.defaultSize ?? defaultPageSize;
    this.maxSize = options.maxSize ?? defaultMaxSize;
    this.writing = { texts: options.texts, globalIds: options.globalIdText !== undefined };
    this.#plans = new Plans(options.allowed);
    const usual = [1, 2, 3, 5, 10, 20, 25, 50, 100, this.defaultSize, this.maxSize];
    this.#usualLimits = new Set(usual.flatMap((size) => [size, size + 1]));
  }

  plan(
    info: GraphQLResolveInfo,
    target: PlanTarget,
    context: object,
    build: (scope: SelectionScope, level: Level, wants: Wants) => void,
    nodes: readonly FieldNode[] = info.fieldNodes,
  ): Plan {
    return this.#plans.find(info, nodes, target, context, build);
  }

  /**
   * @returns a row or null, rows, or a page, as `result` says; with a shape the text of its JSON
   * @throws GraphQLError BAD_USER_INPUT for a page that can't be
   */
  async load({ plan, result, rows: root, context, info, shape: form }: LoadRequest): Promise<unknown> {
    const em = this.options.em(context);
    const shape = new CriteriaShape();
    shape.key = form ? `text of ${form.kind}` : result;
    const preparer = new RowsPreparer(em, shape, this.#usualLimits);
    const rows = new Map<Level | Edge, Rows>();
    rows.set(plan.level, await preparer.prepare({ ...root, entity: plan.level.entity }));
    let hasCursor = root.page?.after !== undefined || root.page?.before !== undefined;
    for (const edge of plan.edges) {
      for (const [of, request] of await this.#requests(edge, context, info)) {
        rows.set(of, await preparer.prepare(request));
        hasCursor ||= request.page?.after !== undefined || request.page?.before !== undefined;
      }
    }
    const statement = this.#statement(shape, plan, () =>
      form
        ? new ShapedStatementBuilder(em, rows, this.options.globalIdText).buildShaped(plan.level, form)
        : new StatementBuilder(em, rows).build(plan.level, result, plan.wants),
    );
    const parameters = statement.parameters.map((value) =>
      bindable(em, value instanceof Hole ? shape.values[value.at] : value),
    );
    const json = await this.#execute(em, context, statement.text, parameters).catch((error: unknown) => {
      // What the cursor's check let through and PostgreSQL refuses (class 22): a native enum's value, an interval.
      if (hasCursor && sqlState(error)?.startsWith('22'))
        throw badUserInput('The cursor is not one of this connection.');
      throw error;
    });
    return statement.decode(json);
  }

  #statement(shape: CriteriaShape, plan: Plan, build: () => Statement): Statement {
    const known = shape.reusable ? plan.statements.get(shape.key) : undefined;
    if (known) return known;
    const statement = build();
    if (shape.reusable) {
      const [oldest] = plan.statements.keys();
      if (plan.statements.size >= mostStatements && oldest !== undefined) plan.statements.delete(oldest);
      plan.statements.set(shape.key, statement);
    }
    return statement;
  }

  #execute(
    em: SqlEntityManager,
    context: object,
    text: string,
    parameters: readonly unknown[],
  ): Promise<string | null> {
    const { execute } = this.options;
    return execute ? execute(context, text, parameters) : executeWithKysely(em, text, parameters);
  }

  /** The rows of an edge, by the field's own arguments and query. */
  async #requests(
    edge: Edge,
    context: object,
    info: GraphQLResolveInfo,
  ): Promise<(readonly [of: Level | Edge, request: RowsRequest])[]> {
    const { use, field, node } = edge;
    const { relation, query } = use;
    if (relation.alternatives) {
      return edge.targets.map((level) => [level, { entity: level.entity, criteria: {} }]);
    }
    const args: object =
      field.args.length === 0
        ? {}
        : await Promise.resolve(getMappedArgumentValues(field, node, context, info));
    const criteria = query?.(args, context) ?? {};
    const { entity } = targetOf(edge);
    if (use.kind === 'count') {
      const { where, filters } = criteria;
      return [[edge, { entity, criteria: { where, filters }, relation }]];
    }
    if (use.kind === 'page') {
      return [
        [
          edge,
          { entity, criteria: unlimited(criteria), relation, page: pageRequest(args as PageArguments, use) },
        ],
      ];
    }
    return [[edge, { entity, criteria, relation, limit: relation.many ? use.maxSize : undefined }]];
  }
}

/** @throws Error for criteria of a connection that cut its rows themselves */
export function unlimited<C extends { readonly limit?: unknown; readonly offset?: unknown }>(criteria: C): C {
  if (criteria.limit !== undefined || criteria.offset !== undefined) {
    throw new Error('The criteria of a connection have no limit and no offset: its arguments cut the page.');
  }
  return criteria;
}

/** A value as the driver takes it, by MikroORM's rules. */
function bindable(em: SqlEntityManager, value: unknown): unknown {
  if (!(value instanceof Date)) return value;
  const platform = em.getPlatform();
  return platform instanceof BasePostgreSqlPlatform ? platform.formatDate(value) : value.toISOString();
}

const sqlState = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
