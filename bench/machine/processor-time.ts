import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in ticks of this many milliseconds. */
const TICK = 10;

interface ProcessTimes {
  readonly parent: number;
  /** Milliseconds of the process itself, user and system. */
  readonly own: number;
  /** Milliseconds of its children that have ended. */
  readonly ended: number;
}

/** Milliseconds of processor time that a process and its children have had. Zero where there is no `/proc`. */
export function processorTime(pid: number): number {
  const times = timesOf(pid);
  if (!times) return 0;
  let total = times.own + times.ended;
  for (const name of readdirSync('/proc')) {
    const other = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined;
    if (other?.parent === pid) total += other.own;
  }
  return total;
}

function timesOf(pid: number): ProcessTimes | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name, in parentheses, may hold anything. The fields after it are counted from `state`, the third of proc(5).
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const field = (number: number) => fields[number - 3] ?? 0;
  return {
    parent: field(4),
    own: (field(14) + field(15)) * TICK,
    ended: (field(16) + field(17)) * TICK,
  };
}
