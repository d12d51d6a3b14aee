import type { SchemaTypes } from '@pothos/core';
import type { FieldNode, GraphQLResolveInfo } from 'graphql';
import type { PageRequest } from '../connection/page.ts';
import { type Rows, RowsPreparer, type RowsRequest } from '../criteria/rows.ts';
import { Shape as CriteriaShape } from '../criteria/shape.ts';
import { defaultMaxSize, defaultPageSize, type MikroOrmOptions } from '../options.ts';
import { defaultLimits, type SplittingLimits } from '../plan/splitting.ts';
import type { Edge, Level, Wants } from '../selection/level.ts';
import type { LoadedRow } from '../selection/loaded-row.ts';
import { type Plan, Plans, type PlanTarget } from '../selection/plans.ts';
import type { SelectionScope } from '../selection/select.ts';
import type { Shape } from '../shape/shape.ts';
import type { Writing } from '../shape/shaper.ts';
import type { Result } from '../sql/statement.ts';
import { Batches } from './batch.ts';
import { Loading } from './loading.ts';
import { edgeRequest } from './requests.ts';
import { Statements } from './statements.ts';

/** What is to be loaded. */
export interface LoadRequest {
  readonly plan: Plan;
  readonly result: Result;
  readonly rows: Omit<RowsRequest, 'entity'>;
  readonly context: object;
  readonly info: GraphQLResolveInfo;
}

/** A row that lacks something, and the nodes of the field that shows it. */
export interface MissingRow {
  readonly row: LoadedRow;
  readonly nodes: readonly FieldNode[];
}

/** Loads what a plan wants: in one statement, unless a relation is batched (`plan/splitting.ts`). One for each builder. */
export class Loader {
  readonly options: MikroOrmOptions<SchemaTypes>;
  readonly defaultSize: number;
  readonly maxSize: number;
  /** Rows that lack something, until the tick is over. */
  readonly missing = new Batches<MissingRow, ReadonlyMap<MissingRow, LoadedRow | null>>();
  /** Keys of rows that the items of a list lead to, until the tick is over. */
  readonly keyed = new Batches<unknown, ReadonlyMap<unknown, LoadedRow | null>>();
  /** What SQL may write of the application's. */
  readonly writing: Writing;
  // Tests set others of these three: replies must not depend on them.
  limits: SplittingLimits = defaultLimits;
  statements = new Statements();
  plans: Plans;
  readonly #usualLimits: ReadonlySet<number>;

  constructor(options: MikroOrmOptions<SchemaTypes>) {
    this.options = options;
    this.defaultSize = options.defaultSize ?? defaultPageSize;
    this.maxSize = options.maxSize ?? defaultMaxSize;
    this.writing = { texts: options.texts, globalIds: options.globalIdText !== undefined };
    this.plans = new Plans(options.allowed);
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
    return this.plans.find(info, nodes, target, context, build);
  }

  /**
   * @returns a row or null, rows, or a page, as `result` says
   * @throws GraphQLError BAD_USER_INPUT for a page that can't be
   */
  async load(request: LoadRequest): Promise<unknown> {
    return (await this.#prepare(request)).load();
  }

  /**
   * Has SQL write the JSON of a shape.
   *
   * @returns its text, or null where there is no row; undefined where relations are batched: then nothing was sent
   * @throws GraphQLError BAD_USER_INPUT for a page that can't be
   */
  async loadText(request: LoadRequest, shape: Shape): Promise<string | null | undefined> {
    return (await this.#prepare(request)).loadText(shape);
  }

  async #prepare({ plan, result, rows: root, context, info }: LoadRequest): Promise<Loading> {
    const em = this.options.em(context);
    const shape = new CriteriaShape();
    shape.key = result;
    const preparer = new RowsPreparer(em, shape, this.#usualLimits);
    const rows = new Map<Level | Edge, Rows>();
    const expected = new Map<Edge, number>();
    rows.set(plan.level, await preparer.prepare({ ...root, entity: plan.level.entity }));
    let hasCursor = isBounded(root);
    for (const edge of plan.edges) {
      const { requests, expected: each } = await edgeRequest(edge, context, info, this.limits.unstated);
      expected.set(edge, each);
      for (const [of, request] of requests) {
        rows.set(of, await preparer.prepare(request));
        hasCursor ||= isBounded(request);
      }
    }
    return new Loading(this, {
      ...{ em, context, plan, result, shape, rows, expected, hasCursor },
      parents: this.#rootRows(result, root),
    });
  }

  /** How many rows the root field is expected to have. */
  #rootRows(result: Result, { criteria, page, limit }: LoadRequest['rows']): number {
    if (result === 'one') return 1;
    return page?.size ?? criteria.limit ?? Math.min(limit ?? this.maxSize, this.limits.unstated);
  }
}

const isBounded = ({ page }: { readonly page?: PageRequest | undefined }): boolean =>
  page?.after !== undefined || page?.before !== undefined;
