import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { withClient } from '../../src/database/client.ts';
import { startEmbedded } from '../../src/database/embedded/index.ts';
import type { EmbeddedServer } from '../../src/database/embedded/server.ts';
import { AUDIENCE, type IssuerServer, startIssuer } from '../integration/authentication/issuer-server.ts';
import { begin, insula, type Running } from '../integration/cli/command.ts';
import { type Compose, EXAMPLE, readCompose } from './compose.ts';

const main = resolve('src/cli/main.ts');

/** Where a process finds what it finds by a service's name in compose.yaml. */
export type Addresses = Record<string, string>;

/** The services of compose.yaml that run our image, each as a process; PostgreSQL is the embedded one. */
export class ComposeProcesses implements AsyncDisposable {
  readonly compose: Compose;
  readonly issuer: IssuerServer;
  readonly postgres: EmbeddedServer;
  readonly directory: string;
  /** By `host:port` as compose.yaml has it. */
  readonly addresses: Addresses;
  readonly #resources: AsyncDisposableStack;

  static async start(): Promise<ComposeProcesses> {
    await using resources = new AsyncDisposableStack();
    const directory = mkdtempSync(join(tmpdir(), 'insula-compose-'));
    resources.defer(() => rmSync(directory, { recursive: true, force: true }));
    const postgres = await startEmbedded({ directory: join(directory, 'postgres'), throwaway: true });
    resources.defer(() => postgres.stop());
    await withClient({ url: postgres.url, name: 'test' }, (client) => client.query('create database insula'));
    const issuer = resources.use(await startIssuer());
    return new ComposeProcesses(directory, postgres, issuer, resources.move());
  }

  private constructor(
    directory: string,
    postgres: EmbeddedServer,
    issuer: IssuerServer,
    resources: AsyncDisposableStack,
  ) {
    this.directory = directory;
    this.postgres = postgres;
    this.issuer = issuer;
    this.#resources = resources;
    const socket = `${encodeURIComponent(postgres.host)}:${postgres.port}`;
    // Without PgBouncer its clients go where it would send them.
    this.addresses = { 'postgres:5432': socket, 'pgbouncer:6432': socket };
    this.compose = readCompose({
      ...EXAMPLE,
      INSULA_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
      POSTGRES_PASSWORD: postgres.password,
      GRAFANA_PASSWORD: 'grafana',
      INSULA_BASE_DOMAINS: 'app.example',
      // Nobody is there.
      INSULA_SMTP_URL: 'smtp://127.0.0.1:1',
      INSULA_ISSUERS: JSON.stringify([{ issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri }]),
    });
  }

  /** A service's environment, with the addresses of this machine. */
  environment(name: string): Record<string, string> {
    const entries = Object.entries(this.compose.services[name]?.environment ?? {});
    return Object.fromEntries(
      entries.map(([setting, value]) => [
        setting,
        Object.entries(this.addresses).reduce(
          (text, [from, to]) => text.replace(`@${from}`, `@${to}`).replace(`//${from}`, `//${to}`),
          value,
        ),
      ]),
    );
  }

  /** Runs a service that ends. @throws Error with what it said, unless it succeeds */
  async complete(name: string): Promise<void> {
    const { command = [] } = this.compose.services[name] ?? {};
    await this.run(command, name);
  }

  /** Runs a command of ours with a service's environment. @returns what it printed */
  async run(words: readonly string[], as: string): Promise<string> {
    const env = this.environment(as);
    const { code, stdout, stderr } = await insula(words, { cwd: this.directory, env });
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Writes what PgBouncer knows of the gateway's login, by the command of its service. @returns the file's path */
  async writePoolerUsers(): Promise<string> {
    const [shell = '', option = '', script = ''] = this.compose.services['pooler-users']?.entrypoint ?? [];
    const path = join(this.directory, 'users.txt');
    const here = script
      .replace('node dist/cli/main.js', `${process.execPath} ${main}`)
      .replace('/pooler/users.txt', path);
    const { PATH } = process.env;
    await promisify(execFile)(shell, [option, here], {
      cwd: this.directory,
      env: { PATH, ...this.environment('pooler-users') },
    });
    return path;
  }

  /** Begins a service that goes on, on free ports; it is healthy when this resolves. */
  async serve(name: string): Promise<{ process: Running; ports: Record<string, number> }> {
    const { command = [], healthcheck } = this.compose.services[name] ?? {};
    const env = { ...this.environment(name), HOST: '127.0.0.1', INSULA_DRAIN_NOTICE: '0' };
    const ports: Record<string, number> = {};
    for (const setting of ['PORT', 'INSULA_METRICS_PORT', 'INSULA_WORKER_PORT']) {
      if (setting in env) ports[setting] = await freePort();
    }
    const given = Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, String(port)]));
    const process = begin(command, { cwd: this.directory, env: { ...env, ...given } });
    this.#resources.defer(async () => {
      process.signal('SIGTERM');
      await process.ended;
    });
    await process.until(/"msg":"(listening|working)"/);
    await health(healthcheck?.test ?? [], given);
    return { process, ports };
  }

  /** Asks a gateway as the load balancer in front of it does: the Host names the tenant acme. */
  ask(
    port: number,
    token: string | undefined,
    query: string,
    variables: object = {},
  ): Promise<{ status: number; body: { data?: Record<string, Record<string, Record<string, unknown>>> } }> {
    const headers = {
      host: 'acme.app.example',
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        { port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () =>
            resolve({ status: reply.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ query, variables }));
    });
  }

  /** Has something disposed of before the database. */
  use<Resource extends AsyncDisposable>(resource: Resource): Resource {
    return this.#resources.use(resource);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }
}

/** Asks a service's health, as an engine would. @throws when it is not well */
async function health(
  [kind, program = '', ...words]: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  if (kind !== 'CMD') throw new Error(`A health check of the kind ${kind}.`);
  const command = program === 'node' ? process.execPath : program;
  await promisify(execFile)(command, words, { env: { PATH: process.env.PATH, ...env } });
}

/** A port that nobody listens on, below those that systems give to outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('listening', () => resolve(true)).once('error', () => resolve(false));
      server.listen(port);
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
