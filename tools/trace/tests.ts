import { globSync, readFileSync } from 'node:fs';

/** The files with tests that name a code, by code. */
export type Proofs = ReadonlyMap<string, ReadonlySet<string>>;

/** The beginning of a test's name: `[SC TA] is committed before …`. */
const CODES = /['"`]\[((?:[A-Z]{2} ?)+)\] /g;

/** Finds the codes in the names of all tests. */
export function readProofs(root: string): Proofs {
  const proofs = new Map<string, Set<string>>();
  const paths = globSync('{test,packages/*/test}/**/*.{test,test-d}.ts', { cwd: root }).sort();
  for (const path of paths) {
    for (const [, codes = ''] of readFileSync(`${root}/${path}`, 'utf8').matchAll(CODES)) {
      for (const code of codes.trim().split(' ')) {
        const files = proofs.get(code) ?? new Set<string>();
        proofs.set(code, files.add(path));
      }
    }
  }
  return proofs;
}
