import { BasePostgreSqlPlatform, type SqlEntityManager } from '@mikro-orm/sql';
import type { SchemaTypes } from '@pothos/core';
import type { Rows } from '../criteria/rows.ts';
import type { Shape as CriteriaShape } from '../criteria/shape.ts';
import { badUserInput } from '../errors.ts';
import type { MikroOrmOptions } from '../options.ts';
import { batchedBelow, batchedEdges, type Expected, type SplittingLimits } from '../plan/splitting.ts';
import type { Edge, Level } from '../selection/level.ts';
import type { Plan } from '../selection/plans.ts';
import type { Shape } from '../shape/shape.ts';
import { ShapedStatementBuilder } from '../shape/shaped-statement.ts';
import { Hole, KeyColumn } from '../sql/fragment.ts';
import { type Result, type Statement, StatementBuilder, type Waiting } from '../sql/statement.ts';
import { executeWithKysely } from './execute.ts';
import type { Statements } from './statements.ts';

/** What all loads of a builder share. */
export interface LoadingOptions {
  readonly options: Pick<MikroOrmOptions<SchemaTypes>, 'execute' | 'globalIdText'>;
  readonly statements: Statements;
  readonly limits: SplittingLimits;
}

/** One load, its criteria ready to become SQL. */
export interface PreparedLoad {
  readonly em: SqlEntityManager;
  readonly context: object;
  readonly plan: Plan;
  readonly result: Result;
  /** How many rows the root is expected to have. */
  readonly parents: number;
  readonly shape: CriteriaShape;
  readonly rows: ReadonlyMap<Level | Edge, Rows>;
  /** How many rows of each relation a parent is expected to have. */
  readonly expected: ReadonlyMap<Edge, number>;
  /** Whether a client's cursor is among the values. */
  readonly hasCursor: boolean;
}

type Key = Waiting['key'];

/** Sends the statements of one load, one after the other: they share a connection. */
export class Loading {
  readonly #shared: LoadingOptions;
  readonly #load: PreparedLoad;

  constructor(shared: LoadingOptions, load: PreparedLoad) {
    this.#shared = shared;
    this.#load = load;
  }

  async load(): Promise<unknown> {
    const { plan, result } = this.#load;
    const statement = this.#statement('', this.#batched(), (em, rows, batched) =>
      new StatementBuilder(em, rows, batched).build(plan.level, result, plan.wants),
    );
    return this.#run(statement, []);
  }

  /** The text of the shape's JSON; undefined, and nothing was sent, where it can't be one statement. */
  async loadText(shape: Shape): Promise<string | null | undefined> {
    const batched = this.#batched();
    if (batched.size > 0) return undefined;
    const statement = this.#statement('text', batched, (em, rows) =>
      new ShapedStatementBuilder(em, rows, this.#shared.options.globalIdText).buildShaped(
        this.#load.plan.level,
        shape,
      ),
    );
    return this.#send(statement, []);
  }

  /** The relations that the root's statement leaves out. */
  #batched(): ReadonlySet<Edge> {
    return batchedEdges(this.#load.plan.level, this.#load.parents, this.#expected, this.#shared.limits);
  }

  readonly #expected: Expected = (edge) => this.#load.expected.get(edge) ?? 1;

  /** Runs a statement, and then those of the relations that it left out. */
  async #run(statement: Statement, keys: readonly Key[]): Promise<unknown> {
    const json = await this.#send(statement, keys);
    const waiting: Waiting[] = [];
    const value = statement.decode(json, waiting);
    for (const [edge, rows] of Map.groupBy(waiting, (one) => one.edge)) await this.#batch(edge, rows);
    return value;
  }

  /** Loads one relation of all its parents; each distinct key once. */
  async #batch(edge: Edge, waiting: readonly Waiting[]): Promise<void> {
    const places = new Map<unknown, number>();
    const keys: Key[] = [];
    const placeOf = (key: Key): number => {
      const text = key.length === 1 ? key[0] : JSON.stringify(key);
      const known = places.get(text);
      if (known !== undefined) return known;
      places.set(text, keys.length);
      return keys.push(key) - 1;
    };
    const isNowhere = ({ key }: Waiting) => !edge.use.relation.many && key.every((part) => part === null);
    const wanted = waiting.map((one) => (isNowhere(one) ? undefined : placeOf(one.key)));
    const found = keys.length === 0 ? [] : ((await this.#found(edge, keys)) as readonly unknown[]);
    for (const [i, { row }] of waiting.entries()) {
      const place = wanted[i];
      row[edge.slot] = place === undefined ? null : found[place];
    }
  }

  #found(edge: Edge, keys: readonly Key[]): Promise<unknown> {
    const batched = batchedBelow(edge, keys.length, this.#expected, this.#shared.limits);
    const at = String(this.#load.plan.edges.indexOf(edge));
    const statement = this.#statement(at, batched, (em, rows, without) =>
      new StatementBuilder(em, rows, without).buildBatch(edge),
    );
    return this.#run(statement, keys);
  }

  #statement(
    at: string,
    batched: ReadonlySet<Edge>,
    build: (em: SqlEntityManager, rows: PreparedLoad['rows'], batched: ReadonlySet<Edge>) => Statement,
  ): Statement {
    const { em, plan, shape, rows } = this.#load;
    const make = () => build(em, rows, batched);
    if (!shape.reusable) return make();
    const without = [...batched].map((edge) => plan.edges.indexOf(edge));
    return this.#shared.statements.find(plan, `${at}-${without} ${shape.key}`, make);
  }

  async #send({ text, parameters }: Statement, keys: readonly Key[]): Promise<string | null> {
    const { em, context, shape, hasCursor } = this.#load;
    const { execute } = this.#shared.options;
    const values = parameters.map((value) => {
      if (value instanceof KeyColumn) return keys.map((key) => key[value.at]);
      return bindable(em, value instanceof Hole ? shape.values[value.at] : value);
    });
    try {
      return await (execute ? execute(context, text, values) : executeWithKysely(em, text, values));
    } catch (error) {
      // What the cursor's check let through and PostgreSQL refuses (class 22): a native enum's value, an interval.
      if (hasCursor && sqlState(error)?.startsWith('22')) {
        throw badUserInput('The cursor is not one of this connection.');
      }
      throw error;
    }
  }
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
