import { readFileSync } from 'node:fs';
import pg from 'pg';

/** A file of this folder, with what stands for values in it: `:"name"` an identifier, `:name` a literal. */
export function sqlFile(name: string, values: Readonly<Record<string, string | number>>): string {
  const text = readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');
  return text.replace(/(?<!:):("?)([a-z]+)\1/g, (_match, quote: string, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name} wants a value for ${key}.`);
    if (typeof value === 'number') return String(value);
    return quote ? pg.escapeIdentifier(value) : pg.escapeLiteral(value);
  });
}
