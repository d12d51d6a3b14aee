import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { ConfigError } from '../config.ts';
import { printContract } from '../graphql/schema.ts';
import { apiSchema } from './api-schema.ts';
import type { Cli } from './cli.ts';
import { examples } from './output.ts';

interface Options {
  readonly out?: string;
  readonly check?: string;
}

export function schemaPrintCommand(cli: Cli): Command {
  return new Command('print')
    .description('Print the GraphQL schema, the same for the same modules. Needs no database.')
    .addOption(new Option('--out <file>', 'write it to a file').conflicts('check'))
    .option('--check <file>', 'compare it with a file, and exit with 1 when they differ')
    .addHelpText(
      'after',
      examples('insula schema print --out schema.graphql', 'insula schema print --check schema.graphql'),
    )
    .action(({ out, check }: Options) => {
      const contract = printContract(apiSchema(cli));
      if (check !== undefined) compare(contract, check);
      else if (out !== undefined) writeFileSync(out, contract);
      else cli.output.write(contract);
    });
}

function compare(contract: string, file: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const wanted = contract.split('\n');
  const differs = wanted.findIndex((line, number) => line !== lines[number]);
  if (differs === -1 && lines.length === wanted.length) return;
  const number = differs === -1 ? wanted.length : differs;
  throw new ConfigError(
    `${file} is not what the modules make: line ${number + 1} should be "${wanted[number] ?? ''}". Run "npm run schema".`,
  );
}
