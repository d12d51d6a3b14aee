// Makes dist/: the compiled gateway with its SQL files, and the plugin of the workspace inside it, because the
// published package can't depend on a package that isn't published.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';

const plugin = 'pothos-mikro-orm';

function compile(project: string): void {
  const { status } = spawnSync('tsc', ['-p', project], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/** Everything that is read at run time and no TypeScript: SQL. */
function copyOtherFiles(): void {
  cpSync('src', 'dist', {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || !['.ts', '.md'].includes(extname(path)),
  });
}

/** Imports of the plugin by its sources' name become relative ones. */
function bundlePlugin(): void {
  const name = new RegExp(`(['"])#${plugin}\\1`, 'g');
  for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
    if (!/\.(js|d\.ts)$/.test(file) || file.startsWith(plugin)) continue;
    const path = join('dist', file);
    const text = readFileSync(path, 'utf8');
    const target = relative(dirname(path), `dist/${plugin}/index.js`);
    const bundled = text.replace(name, `'${target.startsWith('.') ? target : `./${target}`}'`);
    if (bundled !== text) writeFileSync(path, bundled);
  }
}

rmSync('dist', { recursive: true, force: true });
compile('tsconfig.plugin.json');
compile('tsconfig.build.json');
copyOtherFiles();
bundlePlugin();
chmodSync('dist/cli/main.js', 0o755);
