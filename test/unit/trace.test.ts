import { describe, expect, test } from 'vitest';
import type { Phase } from '../../tools/trace/phases.ts';
import { faults, renderTable } from '../../tools/trace/table.ts';

const phase: Phase = { code: 'AN', name: 'Authentication', what: 'Who is it?', files: ['src/a.ts'] };
const here = new URL('../..', import.meta.url).pathname;
const proofs = new Map([['AN', new Set(['test/unit/a.test.ts'])]]);

describe('the table of the phases', () => {
  test('[RI] names files and tests of a phase', () => {
    expect(renderTable([phase], proofs)).toContain(
      '| AN | Authentication | Who is it? | [a](../src/a.ts) | [a](../test/unit/a.test.ts) |',
    );
  });

  test.each<[string, Phase, string]>([
    ['a phase without a test', { ...phase, code: 'TI', files: ['src'] }, 'TI has no test that proves it.'],
    ['a phase without a file', { ...phase, files: [] }, 'AN has no file that does it.'],
    ['a file that is gone', { ...phase, files: ['src/gone.ts'] }, 'AN: there is no src/gone.ts.'],
  ])('[RI] refuses %s', (_what, wrong, fault) => {
    expect(faults([wrong, { ...phase, files: ['src'] }], proofs, here)).toContain(fault);
  });

  test('[RI] refuses a test whose code is no phase', () => {
    const strange = new Map([...proofs, ['XX', new Set(['test/x.test.ts'])]]);
    expect(faults([{ ...phase, files: ['src'] }], strange, here)).toEqual([
      'XX stands in the name of a test and is no phase.',
    ]);
  });

  test('[RI] takes a phase of parts as proven by them', () => {
    const whole: Phase = { ...phase, code: 'MP', files: ['src'], of: ['AN'] };
    expect(faults([whole, { ...phase, files: ['src'] }], proofs, here)).toEqual([]);
  });
});
