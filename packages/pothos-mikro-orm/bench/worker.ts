import { readFileSync } from 'node:fs';
import type { Contender, CreateContender } from './contender.ts';
import type { Connection } from './postgres.ts';
import { type RequestName, randomFrom, requests } from './requests.ts';

/** How a document is executed: by graphql-js, or compiled by graphql-jit. */
export type Engine = 'graphql-js' | 'graphql-jit';

export type Order =
  | { readonly kind: 'answer'; readonly request: RequestName; readonly engine: Engine; readonly seed: number }
  | {
      readonly kind: 'run';
      readonly request: RequestName;
      readonly engine: Engine;
      readonly seed: number;
      readonly runs: number;
    }
  | { readonly kind: 'close' };

/** CPU time in milliseconds for each request: of this process, and of the one that serves it in PostgreSQL. */
export interface Cost {
  readonly node: number;
  readonly postgres: number;
}

type Send = (variables: Readonly<Record<string, unknown>>) => Promise<{ data: unknown }>;

/** Compiles or parses a document once, as a server does that caches documents. */
function sender({ schema, graphql, context }: Contender, request: RequestName, engine: Engine): Send {
  const document = graphql.parse(requests[request].source);
  const compiled = engine === 'graphql-jit' ? graphql.compileQuery(schema, document) : undefined;
  if (compiled && !('query' in compiled)) throw new Error(JSON.stringify(compiled.errors));
  return async (variables) => {
    const { data, errors } = await (compiled
      ? compiled.query(undefined, context(), variables)
      : graphql.execute({ schema, document, variableValues: variables, contextValue: context() }));
    if (errors?.[0]) throw errors[0];
    return { data };
  };
}

const backendTime = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

async function measure(
  contender: Contender,
  send: Send,
  request: RequestName,
  seed: number,
  runs: number,
): Promise<Cost> {
  const random = randomFrom(seed);
  const all = Array.from({ length: runs }, () => requests[request].variables(random));
  globalThis.gc?.();
  const postgres = backendTime(contender.backend);
  const node = process.cpuUsage();
  for (const variables of all) await send(variables);
  const { user, system } = process.cpuUsage(node);
  return {
    node: (user + system) / 1000 / runs,
    postgres: (backendTime(contender.backend) - postgres) / runs,
  };
}

/** One contender in a process of its own: what it does to the heap and to V8's guesses concerns nobody else. */
const [file = '', connection = '{}'] = process.argv.slice(2);
const { create }: { create: CreateContender } = await import(file);
const contender = await create(JSON.parse(connection) as Connection);
const senders = new Map<string, Send>();

process.on('message', (order: Order) => {
  void obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.send?.({ result: 'ready' });

async function obey(order: Order): Promise<unknown> {
  if (order.kind === 'close') return contender.close();
  const { request, engine, seed } = order;
  const key = `${engine} ${request}`;
  const send = senders.get(key) ?? sender(contender, request, engine);
  senders.set(key, send);
  if (order.kind === 'answer') return send(requests[request].variables(randomFrom(seed)));
  return measure(contender, send, request, seed, order.runs);
}
