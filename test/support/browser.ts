import { execFileSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { brotliDecompressSync, createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

const { resolve: locate } = createRequire(import.meta.url);

/**
 * Starts a real Chromium without a window: the one that comes from npm, or, where that has none for the machine, the
 * one that INSULA_CHROMIUM names. With none of the package's own arguments, which switch web security off.
 */
export async function launchBrowser(): Promise<Browser> {
  const system = process.env.INSULA_CHROMIUM;
  if (system !== undefined || process.platform !== 'linux' || process.arch !== 'x64') {
    return chromium.launch({ executablePath: system ?? '/usr/bin/chromium', chromiumSandbox: false });
  }
  const home = await unpack();
  return chromium.launch({
    executablePath: join(home, 'chromium'),
    chromiumSandbox: false,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      LD_LIBRARY_PATH: join(home, 'lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
    },
  });
}

/** Unpacks the Chromium of @sparticuz/chromium, its libraries and fonts, once for each version. */
async function unpack(): Promise<string> {
  const source = join(dirname(locate('@sparticuz/chromium')), '..');
  const { version }: { version: string } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const cache = resolve('node_modules/.cache/insula-browser');
  const home = join(cache, version);
  if (existsSync(home)) return home;
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  await pipeline(
    createReadStream(join(source, 'bin/chromium.br')),
    createBrotliDecompress(),
    createWriteStream(join(draft, 'chromium'), { mode: 0o755 }),
  );
  for (const name of ['al2023', 'fonts']) {
    const input = brotliDecompressSync(readFileSync(join(source, `bin/${name}.tar.br`)));
    execFileSync('tar', ['xf', '-', '-C', draft], { input });
  }
  writeFileSync(
    join(draft, 'fonts.conf'),
    `<fontconfig><dir>${home}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${home}/font-cache</cachedir></fontconfig>`,
  );
  try {
    renameSync(draft, home);
  } catch (error) {
    // Another process was faster.
    rmSync(draft, { recursive: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}
