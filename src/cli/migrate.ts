import { Command, InvalidArgumentError } from 'commander';
import { type MigrateResult, migrate } from '../fleet/migrate.ts';
import { readMigrations } from '../fleet/migrations.ts';
import { untilToldToStop } from '../start/shutdown.ts';
import { type Cli, CommandFailed } from './cli.ts';
import { examples, printJson } from './output.ts';
import { withOwner } from './owner.ts';
import { createProgress } from './progress.ts';

interface Options {
  readonly concurrency: number;
  readonly lockTimeout: number;
  readonly json?: true;
}

export function migrateCommand(cli: Cli): Command {
  return new Command('migrate')
    .description('Bring the schema of every tenant up to date. Can be stopped or killed, and run again.')
    .option('--concurrency <tenants>', 'how many tenants at once', positive, 4)
    .option(
      '--lock-timeout <ms>',
      'how long a statement waits for a lock before the tenant is tried again',
      positive,
      1000,
    )
    .option('--json', 'print what became of each tenant as JSON')
    .addHelpText('after', examples('insula migrate', 'insula migrate --concurrency 8 --json'))
    .action(async ({ json, ...limits }: Options) => {
      const plan = readMigrations(cli.modules);
      const progress = createProgress(cli, 'migrated');
      const stop = new AbortController();
      void untilToldToStop().then(() => stop.abort());
      const result = await withOwner(cli, (owner) =>
        migrate({
          owner,
          plan,
          ...limits,
          signal: stop.signal,
          onTenant: (_, { done, total }) => progress(done, total),
        }),
      );
      if (json) printJson(cli, result);
      else report(cli, result);
      if (result.failed.length > 0 || result.left > 0) throw new CommandFailed();
    });
}

function report({ output, messages }: Cli, { migrated, failed, left }: MigrateResult): void {
  for (const { slug, failure } of failed) {
    messages.write(`${slug}: ${failure?.migration ? `${failure.migration}: ` : ''}${failure?.message}\n`);
    if (failure?.statement) messages.write(`  ${failure.statement.replaceAll('\n', '\n  ')}\n`);
  }
  if (migrated.length + failed.length + left === 0) output.write('Every tenant is up to date.\n');
  else output.write(`${migrated.length} migrated, ${failed.length} failed, ${left} left.\n`);
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}
