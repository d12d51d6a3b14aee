import { appendFileSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Anchor } from './seal-chain.ts';

const anchor = z.object({ tenant: z.string(), seq: z.int().min(1), head: z.hex() });

/** Adds an anchor to a file, a line of JSON. */
export function appendAnchor(file: string, { tenant, seq, head }: Anchor): void {
  appendFileSync(file, `${JSON.stringify({ tenant, seq, head, at: new Date().toISOString() })}\n`, {
    mode: 0o600,
  });
}

/**
 * Reads the anchors of a file.
 *
 * @throws Error that names the line which is none
 */
export function readAnchors(file: string): Anchor[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line === '') return [];
      const { data } = anchor.safeParse(parsed(line));
      if (!data) throw new Error(`${file}: line ${index + 1} is no anchor.`);
      return [data];
    });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
