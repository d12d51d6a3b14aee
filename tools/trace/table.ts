import { existsSync } from 'node:fs';
import type { Phase } from './phases.ts';
import type { Proofs } from './tests.ts';

const DIAGRAM = `\`\`\`mermaid
flowchart TD
  client([client]) --> door{"plain POST<br/>with JSON?"}
  door -- yes --> short[short door]
  door -- no --> yoga[Yoga's HTTP layer]
  short & yoga --> RI["RI request id, media types, size"]
  RI --> AN["AN token verified"]
  AN -- "no: always the same 401" --> RC
  AN --> TI["TI tenant named, caller a member"]
  TI -- "no: 403, 503" --> RC
  TI --> RR["RR which operation"]
  RR --> SM["SM limits"]
  SM --> DV["DV variables and inputs"]
  DV --> AZ["AZ permissions of the document"]
  AZ -- "no: 403, nothing was loaded" --> RC
  AZ --> SI["SI session: schema, role, signed operation"]
  SI --> BL["BL SL resolvers and services"]
  BL <--> DO[("DO PostgreSQL,<br/>as the tenant's role")]
  DO --> TA["TA audit, AT jobs:<br/>in the same transaction"]
  BL --> SC["SC commit, or roll back"]
  SC -- "refused for another's sake: a new scope" --> SI
  SC --> RC["RG RC result, status, masking"]
  RC --> RD([RD reply])
  RD --> RL["RL MC log line, metrics"]
  RL --> SR["SR clean-up"]
\`\`\``;

const HEAD = `# The life of a request, phase by phase

<!-- Made by \`npm run trace\` from tools/trace/phases.ts and the names of the tests. -->

Each phase has a code. The files that do it are named below, and the tests that prove it begin with its code. A phase
without files or without tests fails \`npm run check\`.

${DIAGRAM}
`;

/** What is missing: a line for each fault, none when every phase is done by files and proven by tests. */
export function faults(phases: readonly Phase[], proofs: Proofs, root: string): string[] {
  const known = new Set(phases.map(({ code }) => code));
  const strangers = [...proofs.keys()].filter((code) => !known.has(code));
  return [
    ...strangers.map((code) => `${code} stands in the name of a test and is no phase.`),
    ...phases.flatMap((phase) => [
      ...(phase.files.length === 0 ? [`${phase.code} has no file that does it.`] : []),
      ...phase.files
        .filter((file) => !existsSync(`${root}/${file}`))
        .map((file) => `${phase.code}: there is no ${file}.`),
      ...(testsOf(phase, proofs).size === 0 ? [`${phase.code} has no test that proves it.`] : []),
    ]),
  ];
}

/** The table as Markdown. */
export function renderTable(phases: readonly Phase[], proofs: Proofs): string {
  const rows = phases.map((phase) => {
    const proof = phase.of ? phase.of.join(', ') : linksTo(testsOf(phase, proofs));
    return `| ${phase.code} | ${phase.name} | ${phase.what} | ${linksTo(phase.files)} | ${proof} |`;
  });
  return [
    HEAD,
    '| code | phase | what happens | done by | proven by |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function testsOf({ code, of = [] }: Phase, proofs: Proofs): ReadonlySet<string> {
  return new Set([code, ...of].flatMap((each) => [...(proofs.get(each) ?? [])]));
}

function linksTo(files: Iterable<string>): string {
  return [...files].map((file) => `[${short(file)}](../${file})`).join('<br/>');
}

/** A path without what all have in common. */
function short(path: string): string {
  return path
    .replace(/^(src|test)\//, '')
    .replace(/^packages\/pothos-mikro-orm\//, 'pothos-mikro-orm/')
    .replace(/^(integration|unit)\//, '')
    .replace(/\.(test-d|test)?\.?ts$/, '');
}
