import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';

/** `npm run contract:check` over these files. */
function contract({ schema = base, proposal }: { schema?: string; proposal?: string }) {
  const directory = mkdtempSync(join(tmpdir(), 'insula-contract-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const released = join(directory, 'released.graphql');
  const now = join(directory, 'schema.graphql');
  const proposals = join(directory, 'contract');
  cpSync('schema.graphql', released);
  writeFileSync(now, schema);
  mkdirSync(proposals);
  if (proposal !== undefined) writeFileSync(join(proposals, 'wish.graphql'), proposal);
  return {
    released: () => readFileSync(released, 'utf8'),
    async check(...more: string[]) {
      const given = ['--released', released, '--schema', now, '--proposals', proposals, ...more];
      const run = promisify(execFile)(process.execPath, ['tools/contract/check.ts', ...given]);
      const done = await run.then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
          code,
          stdout,
          stderr,
        }),
      );
      const lines = (text: string) => text.replaceAll(`${directory}/`, '').split('\n').filter(Boolean);
      return { code: done.code, says: lines(done.stdout), complains: lines(done.stderr) };
    },
  };
}

const base = readFileSync('schema.graphql', 'utf8');

describe('the proposals', () => {
  test('[RG] what is promised and missing is listed, and what is built as it was promised', async () => {
    const { check } = contract({
      proposal: `
        extend type Customer {
          "How reliably they pay, from 0 to 100."
          rating: Int
          "Where they are."
          city: String!
        }
        extend enum InvoiceStatus {
          "The customer does not agree."
          DISPUTED
        }`,
    });
    expect(await check()).toEqual({
      code: 0,
      says: [
        'contract: Customer.rating is promised, and not built yet',
        'contract: InvoiceStatus.DISPUTED is promised, and not built yet',
        'contract: Customer.city is built: its promise can go',
      ],
      complains: [],
    });
  });

  test.each([
    [
      'a type that differs',
      'extend type Customer { "Where they are." city: Int! }',
      'contract/wish.graphql:1: Customer.city is promised as "city: Int!" and built as "city: String!".',
    ],
    [
      'a nullability that differs',
      'extend type Customer { "Where to write." email: EmailAddress! }',
      'contract/wish.graphql:1: Customer.email is promised as "email: EmailAddress!" and built as "email: EmailAddress".',
    ],
    [
      'an argument that differs',
      'extend type Query { "One." customer("Which." id: ID): Customer }',
      'contract/wish.graphql:1: Query.customer is promised as "customer(id: ID): Customer" and built as "customer(id: ID!): Customer".',
    ],
    [
      'an input field that differs',
      'extend input CustomerFilter { "Which." search: [String!] }',
      'contract/wish.graphql:1: CustomerFilter.search is promised as "search: [String!]" and built as "search: String".',
    ],
    [
      'another kind of type',
      '"Where it stands." type InvoiceStatus { "Since when." since: DateTime }',
      'contract/wish.graphql:1: InvoiceStatus is built as another kind of type.',
    ],
    [
      'a type that nobody defines',
      'extend type Customer { "Letters." letters: [Letter!]! }',
      'Unknown type "Letter".',
    ],
    [
      'a row that keeps no word of its interface',
      '"A letter." type Letter implements Node { "To." to: String } extend type Query { "One." letter: Letter }',
      'Interface field Node.id expected but Letter does not provide it.',
    ],
    [
      'a field without a description',
      'extend type Customer { rating: Int }',
      'contract/wish.graphql:1: Customer.rating has no description.',
    ],
    [
      'what is no GraphQL',
      'extend type {',
      'contract/wish.graphql:1: Syntax Error: Expected Name, found "{".',
    ],
  ])('[RG] %s is refused', async (_what, proposal, complaint) => {
    const { code, complains } = await contract({ proposal }).check();
    expect(code).toBe(1);
    expect(complains).toEqual([expect.stringContaining(complaint)]);
  });
});

describe('the released schema', () => {
  test('[RG] what is added breaks nothing', async () => {
    const schema = `${base}\nextend type Customer { "How reliably they pay." rating: Int }`;
    expect(await contract({ schema }).check()).toEqual({ code: 0, says: [], complains: [] });
  });

  test('[RG] each change that breaks clients is named, until the release takes it', async () => {
    const schema = base
      .replace(/\n {2}"""A remark for the customer."""\n {2}note: String\n/, '')
      .replace('email: EmailAddress\n\n  """The global id."""', 'email: String!\n\n  """The global id."""');
    const { check, released } = contract({ schema });
    const { code, complains } = await check();
    expect(code).toBe(1);
    expect(complains).toEqual([
      "contract: breaks Customer.email: Field 'Customer.email' changed type from 'EmailAddress' to 'String!'",
      "contract: breaks Invoice.note: Field 'note' was removed from object type 'Invoice'",
      expect.stringContaining('npm run contract:release'),
    ]);
    expect((await check('--release')).code).toBe(0);
    expect(released()).toBe(schema);
    expect((await check()).code).toBe(0);
  });
});
