import { readFileSync } from 'node:fs';

/**
 * Bytes of memory that a process has for itself: what it shares with others, as backends do their buffers, counts
 * for nobody. Zero for a process that has ended, or where there is no `/proc`.
 */
export function privateMemory(pid: number): number {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  } catch {
    return 0;
  }
  return [...text.matchAll(/^Private_\w+:\s+(\d+) kB$/gm)].reduce(
    (sum, [, kib]) => sum + Number(kib) * 1024,
    0,
  );
}
