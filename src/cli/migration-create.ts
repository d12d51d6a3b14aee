import { relative } from 'node:path';
import { Command } from 'commander';
import { ConfigError, readSettings } from '../config.ts';
import { createMigration, MigrationDestroys } from '../fleet/migrations-diff.ts';
import { openDatabase } from '../start/open-database.ts';
import type { Cli } from './cli.ts';
import { examples, printJson } from './output.ts';

interface Options {
  readonly json?: true;
  readonly allowDestructive?: true;
}

export function migrationCreateCommand(cli: Cli): Command {
  return new Command('create')
    .description('Write the next migration of a module: what its entities have ahead of its migrations.')
    .argument('<module>', 'the name of the module')
    .argument('<name>', 'what the migration does, such as add_due_date')
    .option('--allow-destructive', 'write it although it drops, narrows or renames something')
    .option('--json', 'print the file as JSON; null when there is nothing to do')
    .addHelpText(
      'after',
      examples(
        'insula migration create invoices add_due_date',
        'insula migration create projects contract_names --allow-destructive',
      ),
    )
    .action(async (name: string, title: string, { json, allowDestructive }: Options) => {
      const { environment, modules, output, messages } = cli;
      const module = modules.find((candidate) => candidate.name === name);
      if (!module) {
        const known = modules.map((candidate) => candidate.name).join(', ');
        throw new ConfigError(`There is no module "${name}"; there are ${known}.`);
      }
      await using database = await openDatabase(readSettings(environment, 'development'), { create: true });
      const path = await createMigration(module, title, {
        adminUrl: database.config.DATABASE_URL,
        ...(allowDestructive && { allowDestructive }),
      }).catch(askForFlag);
      const file = path === undefined ? null : relative(process.cwd(), path);
      if (json) printJson(cli, { file });
      else if (file === null) messages.write(`Nothing to do: ${name} has all its migrations.\n`);
      else output.write(`${file}\n`);
    });
}

function askForFlag(error: unknown): never {
  if (!(error instanceof MigrationDestroys)) throw error;
  throw new ConfigError(
    `${error.message}\nNothing is written. Write it nevertheless with --allow-destructive.`,
  );
}
