import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A service of compose.yaml, as far as it is looked at here. */
export interface Service {
  readonly image: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/**
 * compose.yaml with the variables put in, as `docker compose config` would show it.
 *
 * @throws Error that names a variable without which nothing may start
 */
export function readCompose(variables: Readonly<Record<string, string>>): Compose {
  const fill = (_key: unknown, value: unknown) =>
    typeof value === 'string' ? interpolate(value, variables) : value;
  return parse(readFileSync('compose.yaml', 'utf8'), fill, { merge: true });
}

function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?:(:-|:\?)([^}]*))?\}/g, (_, name: string, rule = '', rest = '') => {
    const value = variables[name];
    if (value) return value;
    if (rule === ':?') throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

/** What deploy/env.example gives to whoever copies it. */
export const EXAMPLE: Readonly<Record<string, string>> = Object.fromEntries(
  readFileSync('deploy/env.example', 'utf8')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => {
      const [name = '', value = ''] = line.split(/=(.*)/s);
      return [name, value.replace(/^'(.*)'$/, '$1')];
    }),
);
