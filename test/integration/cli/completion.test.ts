import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
let bin: string;

beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), 'insula-bin-'));
  writeFileSync(join(bin, 'insula'), `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`, { mode: 0o755 });
});
afterAll(() => rmSync(bin, { recursive: true }));

/** What bash offers for the last of these words. */
const offered = (...words: string[]): string[] => {
  const script = `
    source <(insula completion bash)
    compopt() { :; }
    _get_comp_words_by_ref() { cur="\${COMP_WORDS[COMP_CWORD]}"; prev="\${COMP_WORDS[COMP_CWORD-1]}"; words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; }
    COMP_WORDS=(insula "$@"); COMP_CWORD=$#; COMP_LINE="insula $*"; COMP_POINT=\${#COMP_LINE}
    __insula_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: bin };
  return execFileSync('bash', ['-c', script, 'bash', ...words], { env, encoding: 'utf8' })
    .trim()
    .split('\n');
};

test.each([
  [['te'], ['tenant']],
  [
    ['tenant', 'domain', ''],
    ['add', 'remove', 'list', 'help'],
  ],
  [['database', 'url', '--login', 'ow'], ['owner']],
])('[RI] bash completes %j', (words, completions) => {
  expect(offered(...words)).toEqual(completions);
});
