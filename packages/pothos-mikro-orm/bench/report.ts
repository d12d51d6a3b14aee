import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { type RequestName, requests } from './requests.ts';
import type { Figure } from './rounds.ts';
import type { Engine } from './worker.ts';

/** What one request costs one contender. */
export interface Row extends Figure {
  readonly engine: Engine;
  readonly request: RequestName;
  readonly contender: string;
}

export interface Results {
  readonly rounds: number;
  readonly postgres: string;
  readonly rows: readonly Row[];
}

/** The most that the plugin should cost, as a part of what the other costs. */
const targets: Readonly<Record<string, Readonly<Record<RequestName, number>>>> = {
  'hand-written': { one: 1.05, list: 1.1, page: 1.1, levels: 1.05 },
  Drizzle: { one: 0.7, list: 0.5, page: 0.5, levels: 0.5 },
  Prisma: { one: 0.7, list: 0.5, page: 0.5, levels: 0.5 },
  'em.find': { one: 0.3, list: 0.2, page: 0.2, levels: 0.2 },
};

const names = Object.keys(requests) as RequestName[];

/** The plugin's cost divided by each other's, beside what is to be reached, in Markdown. */
export function table(rows: readonly Row[], engine: Engine): string {
  const cost = (contender: string, request: RequestName): number | undefined =>
    rows.find((row) => row.engine === engine && row.contender === contender && row.request === request)
      ?.total;
  const cells = (contender: string) =>
    names.map((request) => {
      const [own, other] = [cost('this plugin', request), cost(contender, request)];
      const ratio = own !== undefined && other !== undefined ? (own / other).toFixed(2) : '–';
      return `${ratio} (≤ ${targets[contender]?.[request]})`;
    });
  const lines = Object.keys(targets)
    .filter((contender) => cost(contender, 'one') !== undefined)
    .map((contender) => [contender, ...cells(contender)]);
  const own = names.map((request) => `${cost('this plugin', request)?.toFixed(2)} ms`);
  return [
    ['this plugin against', ...names.map((request) => requests[request].title)],
    ['---', ...names.map(() => '---')],
    ...lines,
    ['itself', ...own],
  ]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

/** Keeps a run: the figures as JSON, the tables as Markdown, with the versions and the kind of machine. */
export function writeResults(results: Results): void {
  const date = new Date().toISOString().slice(0, 10);
  const versions = { node: process.versions.node, postgres: results.postgres, ...installed() };
  const machine = `${cpus().length} × ${cpus()[0]?.model}, ${process.platform}`;
  const engines = [...new Set(results.rows.map(({ engine }) => engine))];
  const name = engines.length === 1 ? `${date}-${engines[0]}` : date;
  const file = (extension: string) => new URL(`results/${name}.${extension}`, import.meta.url);
  writeFileSync(
    file('json'),
    `${JSON.stringify({ date, machine, versions, rounds: results.rounds, rows: results.rows }, null, 2)}\n`,
  );
  const text = [
    `# ${date}`,
    `CPU of node and of PostgreSQL together; medians of ${results.rounds} alternated rounds. ${machine}.`,
    ...engines.map((engine) => `## ${engine}\n\n${table(results.rows, engine)}`),
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
  ];
  writeFileSync(file('md'), `${text.join('\n\n')}\n`);
}

/** The versions of what was measured. */
function installed(): Record<string, string> {
  const own = ['@mikro-orm/core', '@pothos/core', 'graphql', 'graphql-jit', 'pg'];
  const others = ['@pothos/plugin-drizzle', 'drizzle-orm', '@pothos/plugin-prisma', '@prisma/client'];
  const peers = new URL('peers/node_modules/', import.meta.url);
  const require = createRequire(import.meta.url);
  const versionIn = (path: string): string => JSON.parse(readFileSync(path, 'utf8')).version;
  const folders = (name: string) =>
    (require.resolve.paths(name) ?? []).map((folder) => `${folder}/${name}/package.json`);
  const firstVersion = (name: string): string => {
    for (const path of folders(name)) {
      try {
        return versionIn(path);
      } catch {}
    }
    return '?';
  };
  return Object.fromEntries([
    ...own.map((name) => [name, firstVersion(name)]),
    ...others.map((name) => [name, versionIn(new URL(`${name}/package.json`, peers).pathname)]),
  ]);
}
