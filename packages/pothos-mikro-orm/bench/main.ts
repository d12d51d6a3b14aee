import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { installPeers } from './peers.ts';
import { type Server, startPostgres } from './postgres.ts';
import { type Results, type Row, table, writeResults } from './report.ts';
import { type RequestName, requests } from './requests.ts';
import { measureRounds, type RoundOptions, Worker } from './rounds.ts';
import type { Engine } from './worker.ts';

const usage = `npm run bench [-- options]
  --rounds N      rounds of each measurement (9)
  --engine NAME   graphql-js or graphql-jit (both)
  --quick         a short run without the peers that need an installation; nothing is written,
                  and what it prints says little`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    engine: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const engines: readonly Engine[] = ['graphql-js', 'graphql-jit'];
const contenders = {
  'this plugin': 'this-plugin.ts',
  'hand-written': 'hand-written.ts',
  'em.find': 'em-find.ts',
};
const peers = { Drizzle: 'peers/drizzle.ts', Prisma: 'peers/prisma.ts' };

async function main(): Promise<void> {
  const wanted = values.engine ?? (values.quick ? 'graphql-js' : undefined);
  const chosen = engines.filter((engine) => wanted === undefined || engine === wanted);
  const rounds = Number(values.rounds);
  if (chosen.length === 0 || !Number.isSafeInteger(rounds) || rounds < 1) throw new Error(usage);
  if (!values.quick) installPeers();
  const files = values.quick ? contenders : { ...contenders, ...peers };
  const options = values.quick ? { rounds: 1, budget: 10 } : { rounds, budget: 120 };
  await using server = await startPostgres();
  const version = await fill(server);
  const workers: Worker[] = [];
  try {
    for (const [name, file] of Object.entries(files)) {
      workers.push(await Worker.start(name, new URL(file, import.meta.url), server.connection));
    }
    const rows: Row[] = [];
    for (const engine of chosen) {
      for (const request of Object.keys(requests) as RequestName[]) {
        await compareAnswers(workers, request, engine);
        rows.push(...(await measured(workers, request, engine, options)));
      }
    }
    for (const engine of chosen) console.log(`\n${engine}\n\n${table(rows, engine)}`);
    if (!values.quick) writeResults({ rounds, postgres: version, rows } satisfies Results);
  } finally {
    for (const worker of workers) await worker.close();
  }
}

async function fill({ connection }: Server): Promise<string> {
  const client = new pg.Client({ ...connection });
  await client.connect();
  try {
    // One by one: VACUUM stands in no transaction.
    for (const statement of readFileSync(new URL('data.sql', import.meta.url), 'utf8').split(';\n')) {
      await client.query(statement);
    }
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version ?? '';
  } finally {
    await client.end();
  }
}

/** Everybody gives the same reply; a cursor is each one's own affair. */
async function compareAnswers(
  workers: readonly Worker[],
  request: RequestName,
  engine: Engine,
): Promise<void> {
  let expected: unknown;
  for (const worker of workers) {
    const answer = await worker.obey({ kind: 'answer', request, engine, seed: 7 });
    const masked: unknown = JSON.parse(JSON.stringify(answer), (key, value: unknown) =>
      key.toLowerCase().endsWith('cursor') ? typeof value : value,
    );
    expected ??= masked;
    assert.deepEqual(masked, expected, `${worker.name} answers "${requests[request].title}" otherwise.`);
  }
}

async function measured(
  workers: readonly Worker[],
  request: RequestName,
  engine: Engine,
  options: RoundOptions,
): Promise<Row[]> {
  const figures = await measureRounds(workers, request, engine, options);
  return [...figures].map(([contender, figure]) => {
    const { node, postgres, spread } = figure;
    const milliseconds = (value: number) => value.toFixed(3).padStart(9);
    console.log(
      `${engine.padEnd(12)}${requests[request].title.padEnd(26)}${contender.padEnd(14)}node${milliseconds(node)} ms  postgres${milliseconds(postgres)} ms  ±${Math.round(50 * spread)} %`,
    );
    return { engine, request, contender, ...figure };
  });
}

if (values.help) console.log(usage);
else await main();
