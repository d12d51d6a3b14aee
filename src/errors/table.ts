import type { ErrorDefinition } from './define.ts';

/** Errors that belong together in the table: the gateway's own, or a module's. */
export interface ErrorGroup {
  readonly title: string;
  readonly errors: Readonly<Record<string, ErrorDefinition>>;
}

const INTRODUCTION = `# Errors

<!-- Made from the source; a test compares the two. -->

Every error in a reply has a stable \`extensions.code\`. The HTTP status is that of the gravest error, with two
exceptions: a query that has partial data is a 200, and a document or variables that are refused
(\`GRAPHQL_PARSE_FAILED\`, \`GRAPHQL_VALIDATION_FAILED\`, \`OPERATION_NOT_FOUND\`, \`BAD_USER_INPUT\`) are a 200 for clients
that accept \`application/json\` alone, as GraphQL over HTTP has it. Ask for \`application/graphql-response+json\` to see
the status below. The \`x-request-id\` of the reply finds the request in the log.
`;

/** The documentation of every code, as Markdown. */
export function renderErrorTable(groups: readonly ErrorGroup[]): string {
  return [INTRODUCTION, ...groups.map(section)].join('\n');
}

function section({ title, errors }: ErrorGroup): string {
  const rows = Object.entries(errors)
    .sort(([codeA, a], [codeB, b]) => a.status - b.status || (codeA < codeB ? -1 : 1))
    .map(
      ([code, { status, description }]) =>
        `| \`${code}\` | ${status} | ${description.replaceAll('|', '\\|')} |`,
    );
  return [`## ${title}`, '', '| code | status | when |', '|---|---|---|', ...rows, ''].join('\n');
}
