#!/usr/bin/env node
// Nothing is imported before the version is known: an older Node would fail with something else.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`insula needs Node 22.18 or newer; this is ${process.version}.`);
  process.exit(1);
}
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { run } = await import('./run.ts');
await run(process.argv.slice(2));
