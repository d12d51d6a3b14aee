// A process of its own: ends a test server when the process that uses it is gone without a word, as a worker is that a
// test runner kills. Arguments: the server's process id, then the directories to remove. Standard input ends with its user.
import { rmSync } from 'node:fs';

const [pid, ...directories] = process.argv.slice(2);

process.stdin.resume().once('end', () => {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch {}
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});
