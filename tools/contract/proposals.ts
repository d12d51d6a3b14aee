import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type DefinitionNode,
  extendSchema,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  Source,
  validateSchema,
} from 'graphql';
import { compareDefinition, type Findings } from './compare.ts';

/** What is built, what is promised on top of it, and what is wrong with the promises. */
export interface Contract {
  /** What the gateway serves. */
  readonly built: GraphQLSchema;
  /** The same with everything that is promised; `built` itself when something is wrong. */
  readonly whole: GraphQLSchema;
  /** What is not built yet, such as `Query.reminders`. */
  readonly promised: ReadonlySet<string>;
  /** What is built as it was promised: its proposal has done its work. */
  readonly landed: ReadonlySet<string>;
  /** A line each, with its place. */
  readonly faults: readonly string[];
}

export interface ContractFiles {
  /** The schema of the gateway. */
  readonly schema: string;
  /** A folder of proposals. */
  readonly proposals: string;
}

/** Reads the contract and holds each promise of its proposals against what is built. */
export function readContract({ schema, proposals }: ContractFiles): Contract {
  const built = buildSchema(readFileSync(schema, 'utf8'));
  const findings: Findings = { promised: new Set(), landed: new Set(), faults: [] };
  const definitions = readProposals(proposals, findings.faults);
  const open = definitions.flatMap((definition) => compareDefinition(definition, built, findings));
  const whole = extend(built, open, findings.faults);
  return { ...findings, built, whole };
}

function readProposals(folder: string, faults: string[]): DefinitionNode[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => join(folder, name));
  return files.flatMap((file) => {
    try {
      return parse(new Source(readFileSync(file, 'utf8'), file)).definitions;
    } catch (error) {
      faults.push(describe(error));
      return [];
    }
  });
}

function extend(built: GraphQLSchema, definitions: DefinitionNode[], faults: string[]): GraphQLSchema {
  if (faults.length > 0) return built;
  try {
    const whole = extendSchema(built, { kind: Kind.DOCUMENT, definitions });
    const invalid = validateSchema(whole);
    if (invalid.length === 0) return whole;
    faults.push(...invalid.map(describe));
  } catch (error) {
    faults.push(...describe(error).split('\n\n'));
  }
  return built;
}

function describe(error: unknown): string {
  if (!(error instanceof GraphQLError)) return error instanceof Error ? error.message : String(error);
  const [{ line } = { line: 1 }] = error.locations ?? [];
  return `${error.source?.name ?? 'contract'}:${line}: ${error.message}`;
}
