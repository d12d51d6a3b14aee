import { Command } from 'commander';
import type pg from 'pg';
import { readAnchors } from '../../audit/sealing/anchors.ts';
import { type Verification, verifyTenant } from '../../audit/sealing/verify-tenant.ts';
import { sealingKey } from '../../audit/settings.ts';
import { listTenants, showTenant, type TenantRecord } from '../../fleet/tenants.ts';
import { type Cli, CommandFailed } from '../cli.ts';
import { examples, printJson } from '../output.ts';
import { withOwner } from '../owner.ts';

interface Options {
  readonly anchors?: string;
  readonly json?: true;
}

export function auditVerifyCommand(cli: Cli): Command {
  return new Command('verify')
    .description('Compare audit trails with their seals: is any row altered, removed, inserted or moved?')
    .argument('[tenant]', 'slug or id; all tenants without it')
    .option(
      '--anchors <file>',
      'what `audit seal` kept of its seals (default: the file of INSULA_SEAL_ANCHORS)',
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `\nExits with 1 when something is not as it was sealed, and says where. What is not sealed yet is not compared.\n${examples('insula audit verify', 'insula audit verify acme --json')}`,
    )
    .action((tenant: string | undefined, { anchors, json }: Options) =>
      withOwner(cli, async (owner, config) => {
        const file = anchors ?? config.INSULA_SEAL_ANCHORS;
        const options = { key: sealingKey(config), anchors: file === undefined ? [] : readAnchors(file) };
        const tenants = tenant === undefined ? await listTenants(owner) : [await showTenant(owner, tenant)];
        const found = await verifyAll(owner, tenants, options);
        if (json) printJson(cli, found);
        else report(cli, found);
        if (file === undefined) cli.messages.write('Without anchors an end that was cut off is not found.\n');
        if (found.some(({ faults }) => faults.length > 0)) throw new CommandFailed();
      }),
    );
}

type Named = Verification & { readonly slug: string };

async function verifyAll(
  owner: pg.Pool,
  tenants: readonly TenantRecord[],
  options: Omit<Parameters<typeof verifyTenant>[1], 'client'>,
): Promise<Named[]> {
  const client = await owner.connect();
  try {
    const found: Named[] = [];
    for (const { id, slug } of tenants) {
      found.push({ slug, ...(await verifyTenant(id, { ...options, client })) });
    }
    return found;
  } finally {
    client.release();
  }
}

function report({ output }: Cli, found: readonly Named[]): void {
  for (const { slug, seals, sealed, unsealed, faults } of found) {
    const state = faults.length > 0 ? 'NOT AS SEALED' : 'as sealed';
    output.write(`${slug}: ${state}; ${sealed} events under ${seals} seals, ${unsealed} not sealed yet\n`);
    for (const { seal, problem } of faults) {
      output.write(`  ${seal === undefined ? '' : `seal ${seal}: `}${problem}\n`);
    }
  }
}
