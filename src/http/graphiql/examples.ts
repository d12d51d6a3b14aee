import { readdirSync, readFileSync } from 'node:fs';

/** The example operations of some folders: the text of each `.graphql` file, in the order of their names. */
export function readExamples(folders: readonly URL[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.graphql'))
      .sort()
      .map((name) => readFileSync(new URL(name, folder), 'utf8')),
  );
}
