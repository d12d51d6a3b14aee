import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Connection } from './postgres.ts';
import type { RequestName } from './requests.ts';
import type { Cost, Engine, Order } from './worker.ts';

/** A contender's process. */
export class Worker {
  readonly name: string;
  readonly #child: ChildProcess;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
  }

  static async start(name: string, file: URL, connection: Connection): Promise<Worker> {
    const child = fork(new URL('worker.ts', import.meta.url), [file.href, JSON.stringify(connection)], {
      execArgv: ['--expose-gc'],
    });
    const worker = new Worker(name, child);
    await worker.#answer();
    return worker;
  }

  async obey<T>(order: Order): Promise<T> {
    const answer = this.#answer();
    this.#child.send(order);
    return (await answer) as T;
  }

  async close(): Promise<void> {
    await this.obey({ kind: 'close' });
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #answer(): Promise<unknown> {
    const ended = new AbortController();
    const [message] = await Promise.race([
      once(this.#child, 'message', ended),
      once(this.#child, 'exit', ended).then(() => [{ error: 'its process ended' }]),
    ]);
    ended.abort();
    const { error, result } = message as { error?: string; result?: unknown };
    if (error) throw new Error(`${this.name}: ${error}`);
    return result;
  }
}

/** What a request costs a contender: the middle of the rounds, and how far half of them are from it. */
export interface Figure extends Cost {
  readonly total: number;
  /** Of the total: the distance between the quartiles, as a part of the median. */
  readonly spread: number;
}

export interface RoundOptions {
  readonly rounds: number;
  /** CPU time of one contender in one round, in milliseconds. */
  readonly budget: number;
}

/** Measures the contenders in turn, round after round: what else the machine does meets all of them alike. */
export async function measureRounds(
  workers: readonly Worker[],
  request: RequestName,
  engine: Engine,
  { rounds, budget }: RoundOptions,
): Promise<Map<string, Figure>> {
  const runs = new Map<Worker, number>();
  for (const worker of workers) runs.set(worker, await warmUp(worker, request, engine, budget));
  const costs = new Map<Worker, Cost[]>(workers.map((worker) => [worker, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < workers.length; turn++) {
      const worker = workers[(turn + round) % workers.length];
      if (!worker) continue;
      const order = { kind: 'run', request, engine, seed: round, runs: runs.get(worker) ?? 1 } as const;
      costs.get(worker)?.push(await worker.obey<Cost>(order));
    }
  }
  return new Map([...costs].map(([{ name }, all]) => [name, figureOf(all)]));
}

/** Requests after which V8 has compiled what each of them calls but once. */
const hotAfter = 3000;

/** Until V8 has compiled what is hot. Gives how many runs fill the budget. */
async function warmUp(worker: Worker, request: RequestName, engine: Engine, budget: number): Promise<number> {
  let runs = 20;
  let done = 0;
  for (let spent = 0, seed = 1; spent < 4 * budget || (done < hotAfter && spent < 20 * budget); seed++) {
    const { node, postgres } = await worker.obey<Cost>({ kind: 'run', request, engine, seed, runs });
    spent += (node + postgres) * runs;
    done += runs;
    runs = Math.max(5, Math.round(budget / (node + postgres)));
  }
  return runs;
}

function figureOf(costs: readonly Cost[]): Figure {
  const totals = costs.map(({ node, postgres }) => node + postgres);
  const total = quantile(totals, 0.5);
  return {
    node: quantile(
      costs.map(({ node }) => node),
      0.5,
    ),
    postgres: quantile(
      costs.map(({ postgres }) => postgres),
      0.5,
    ),
    total,
    spread: (quantile(totals, 0.75) - quantile(totals, 0.25)) / total,
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low = 0, high = low] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}
