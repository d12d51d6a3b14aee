import { expect, test } from 'vitest';
import { problems } from '../../../src/errors/problems.ts';
import { renderErrorTable } from '../../../src/errors/table.ts';

test('[EH] a code stands in the table with its status and when it is given, sorted by status', () => {
  const text = renderErrorTable([
    {
      title: 'invoices',
      errors: {
        INVOICE_PAID: { status: 409, description: 'Paid | done.' },
        INVOICE_MISSING: { status: 404, description: 'There is none.' },
      },
    },
  ]);
  expect(text).toContain('## invoices');
  expect(text.indexOf('| `INVOICE_MISSING` | 404 | There is none. |')).toBeGreaterThan(0);
  expect(text.indexOf('| `INVOICE_PAID` | 409 | Paid \\| done. |')).toBeGreaterThan(
    text.indexOf('INVOICE_MISSING'),
  );
});

test('[EH] the gateway’s own codes are in capitals, with a status of an error and a sentence', () => {
  for (const [code, { status, description }] of Object.entries(problems)) {
    expect(code).toMatch(/^[A-Z_]+$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(description).toMatch(/^[A-Z].*\.$/);
  }
});
