import type { Development } from './development.ts';

export interface AnnouncementOptions {
  /** How long the start took, in seconds. */
  readonly seconds: number;
  /** What is typed for another command. */
  readonly command: string;
}

/** What a developer reads when everything runs: where the tenants are, who can enter, and a first request. */
export function announcement(
  { port, tenants, token, warnings, config }: Development,
  { seconds, command }: AnnouncementOptions,
): string {
  const [base = 'localhost'] = config.INSULA_BASE_DOMAINS;
  const places = tenants.flatMap(({ slug, members }) => [
    `  ${slug.padEnd(8)} http://${slug}.${base}:${port}/graphql`,
    ...Object.entries(members).map(([subject, roles]) => `           ${subject} (${roles.join(', ')})`),
  ]);
  const [first = ''] = tenants.map(({ slug }) => slug);
  const lines = [
    `Insula is ready after ${seconds.toFixed(1)} s. Ask it something:`,
    '',
    `curl http://${first}.${base}:${port}/graphql \\`,
    `  -H 'authorization: Bearer ${token ?? '<a token of your issuer>'}' \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '{"query":"{ viewer { subject roles permissions } }"}'`,
    '',
    'Or open one of these in a browser:',
    ...places,
    '',
    `A token for somebody else:  ${command} token --tenant ${first} --user ${firstUser(tenants)}`,
    ...(config.INSULA_SMTP_URL === undefined
      ? [`Mail is caught:            http://localhost:${port}/mail`]
      : []),
    'Ctrl-C stops everything; the data stays.',
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}

function firstUser(tenants: Development['tenants']): string {
  return Object.keys(tenants[0]?.members ?? {}).at(-2) ?? '';
}
