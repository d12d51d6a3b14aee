import { readFileSync } from 'node:fs';
import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import { auditSealCommand } from './audit/seal.ts';
import { auditVerifyCommand } from './audit/verify.ts';
import type { Cli } from './cli.ts';
import { databasePoolerUsersCommand } from './database-pooler-users.ts';
import { databaseUrlCommand } from './database-url.ts';
import { doctorCommand } from './doctor.ts';
import { installCommand } from './install.ts';
import { jobsListCommand } from './jobs/list.ts';
import { jobsRetryCommand } from './jobs/retry.ts';
import { keyRewrapCommand } from './key/rewrap.ts';
import { memberAddCommand } from './member/add.ts';
import { memberListCommand } from './member/list.ts';
import { memberRemoveCommand } from './member/remove.ts';
import { migrateCommand } from './migrate.ts';
import { migrationCreateCommand } from './migration-create.ts';
import { moduleCreateCommand } from './module/create.ts';
import { examples } from './output.ts';
import { planListCommand } from './plan/list.ts';
import { planRemoveCommand } from './plan/remove.ts';
import { planSetCommand } from './plan/set.ts';
import { schemaPrintCommand } from './schema-print.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';
import { tenantCreateCommand } from './tenant/create.ts';
import { tenantDomainAddCommand } from './tenant/domain/add.ts';
import { tenantDomainListCommand } from './tenant/domain/list.ts';
import { tenantDomainRemoveCommand } from './tenant/domain/remove.ts';
import { tenantLimitCommand } from './tenant/limit.ts';
import { tenantListCommand } from './tenant/list.ts';
import { tenantPlanCommand } from './tenant/plan.ts';
import { tenantResumeCommand } from './tenant/resume.ts';
import { tenantShowCommand } from './tenant/show.ts';
import { tenantSuspendCommand } from './tenant/suspend.ts';
import { tokenCommand } from './token.ts';
import { workerCommand } from './worker.ts';

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

/** Every command, in the order in which the help lists them. */
export function createProgram(cli: Cli): Command {
  const program = new Command('insula')
    .version(version, '--version')
    .description('A GraphQL gateway for multitenant SaaS, in front of PostgreSQL.')
    .addCommand(startCommand(cli))
    .addCommand(serveCommand(cli))
    .addCommand(workerCommand(cli))
    .addCommand(installCommand(cli))
    .addCommand(migrateCommand(cli))
    .addCommand(group('module', 'Write modules.', [moduleCreateCommand(cli)]))
    .addCommand(group('migration', 'Write migrations.', [migrationCreateCommand(cli)]))
    .addCommand(
      group('tenant', 'Make, look at and suspend tenants.', [
        tenantCreateCommand(cli),
        tenantListCommand(cli),
        tenantShowCommand(cli),
        tenantSuspendCommand(cli),
        tenantResumeCommand(cli),
        tenantPlanCommand(cli),
        tenantLimitCommand(cli),
        group('domain', "Tenants' domains of their own.", [
          tenantDomainAddCommand(cli),
          tenantDomainRemoveCommand(cli),
          tenantDomainListCommand(cli),
        ]),
      ]),
    )
    .addCommand(
      group('plan', 'Say what tenants may use, by what they pay for.', [
        planSetCommand(cli),
        planListCommand(cli),
        planRemoveCommand(cli),
      ]),
    )
    .addCommand(
      group('member', 'Say who may enter a tenant, and as what.', [
        memberAddCommand(cli),
        memberRemoveCommand(cli),
        memberListCommand(cli),
      ]),
    )
    .addCommand(group('key', 'Rotate the master key.', [keyRewrapCommand(cli)]))
    .addCommand(
      group('jobs', 'Look at jobs that are not done, and retry them.', [
        jobsListCommand(cli),
        jobsRetryCommand(cli),
      ]),
    )
    .addCommand(tokenCommand(cli))
    .addCommand(
      group('audit', 'Seal audit trails, and find out whether anybody changed them.', [
        auditSealCommand(cli),
        auditVerifyCommand(cli),
      ]),
    )
    .addCommand(
      group('database', 'Reach the database by hand.', [
        databaseUrlCommand(cli),
        databasePoolerUsersCommand(cli),
      ]),
    )
    .addCommand(doctorCommand(cli))
    .addCommand(group('schema', 'The contract with clients.', [schemaPrintCommand(cli)]));
  // It reads the commands that are there, so it comes last.
  completionOf(program);
  return program;
}

/** `insula completion bash` prints a script that asks `insula complete` what can come next. */
function completionOf(program: Command): void {
  tab(program, { completionCommandName: 'completion' });
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('Print the script that completes commands and options in your shell.')
    .addHelpText(
      'after',
      examples('insula completion bash > /etc/bash_completion.d/insula', 'source <(insula completion zsh)'),
    );
}

function group(name: string, description: string, commands: readonly Command[]): Command {
  const parent = new Command(name).description(description);
  for (const command of commands) parent.addCommand(command);
  return parent;
}
