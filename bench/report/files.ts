import { mkdirSync, writeFileSync } from 'node:fs';

export interface ResultFiles {
  /** For programs. */
  readonly json: object;
  readonly markdown: string;
  readonly svg: string;
}

/** Writes a result's three files into `bench/results/`. */
export function writeResults(name: string, { json, markdown, svg }: ResultFiles): void {
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(json, null, 1)}\n`);
  writeFileSync(new URL(`${name}.md`, folder), markdown);
  writeFileSync(new URL(`${name}.svg`, folder), svg);
  console.log(`\nwritten: bench/results/${name}.{json,md,svg}`);
}
