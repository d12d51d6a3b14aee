import type { Cli } from './cli.ts';

/** Shows how far a long work is: on a terminal in one line that changes, elsewhere in a line a second. */
export function createProgress({ messages }: Cli, what: string): (done: number, total: number) => void {
  let shownAt = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    const last = done === total;
    if (!last && now - shownAt < (messages.isTTY ? 50 : 1000)) return;
    shownAt = now;
    const text = `${what} ${done}/${total}`;
    messages.write(messages.isTTY ? `\r${text}${last ? '\n' : ''}` : `${text}\n`);
  };
}
