import { Command, InvalidArgumentError } from 'commander';
import { createDevelopmentIssuer } from '../authentication/development-issuer.ts';
import { ConfigError, readSettings } from '../config.ts';
import type { Cli } from './cli.ts';
import { examples, printJson } from './output.ts';

interface Options {
  readonly tenant?: string;
  readonly user: string;
  readonly expiresIn: number;
  readonly json?: true;
}

export function tokenCommand(cli: Cli): Command {
  return new Command('token')
    .description(
      'Print a token for a user, and nothing else. In development, where the gateway is its own issuer.',
    )
    .requiredOption('--user <subject>', 'whose token')
    .option('--tenant <tenant>', 'the slug or id for its tenant claim')
    .option('--expires-in <seconds>', 'how long it is valid', seconds, 3600)
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      examples(
        'insula token --tenant acme --user owner@acme.example',
        'curl -H "authorization: Bearer $(insula token --user owner@acme.example)" …',
      ),
    )
    .action(async ({ user, tenant, expiresIn, json }: Options) => {
      const settings = readSettings(cli.environment, 'development');
      if (settings.INSULA_ISSUERS.length > 0) {
        throw new ConfigError(
          'INSULA_ISSUERS: Tokens come from there; without it development is its own issuer.',
        );
      }
      const issuer = await createDevelopmentIssuer({ directory: settings.INSULA_DIRECTORY });
      const token = await issuer.sign({ subject: user, tenant, expiresIn });
      if (json) printJson(cli, { token, expiresIn });
      else cli.output.write(`${token}\n`);
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return value;
}
