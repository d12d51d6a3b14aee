import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineAmounts, totals } from '../../../src/modules/invoices/amounts.ts';

describe('amounts of an invoice', () => {
  test.each([
    [1, 100, 1900, { net: 100, tax: 19 }],
    [3, 333, 1900, { net: 999, tax: 190 }],
    [1, 50, 1900, { net: 50, tax: 10 }],
    [1, 0, 1900, { net: 0, tax: 0 }],
    [7, 1, 0, { net: 7, tax: 0 }],
    [100_000, 100_000_000, 10_000, { net: 10_000_000_000_000, tax: 10_000_000_000_000 }],
  ])('[BL] %i × %i at %i hundredths of a percent', (quantity, unitPrice, taxRate, amounts) => {
    expect(lineAmounts(quantity, unitPrice, taxRate)).toEqual(amounts);
  });

  test('[BL] are whole numbers within half a unit of the exact tax', () => {
    const arbitrary = [
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 0, max: 100_000_000 }),
    ] as const;
    fc.assert(
      fc.property(...arbitrary, fc.integer({ min: 0, max: 10_000 }), (quantity, unitPrice, taxRate) => {
        const { net, tax } = lineAmounts(quantity, unitPrice, taxRate);
        const exact = BigInt(net) * BigInt(taxRate);
        const error = BigInt(tax) * 10_000n - exact;
        expect(Number.isSafeInteger(tax)).toBe(true);
        expect(error <= 5_000n && error >= -5_000n).toBe(true);
      }),
    );
  });

  test('[BL] add up to the totals', () => {
    const lines = [
      { net: 100, tax: 19 },
      { net: 50, tax: 4 },
    ];
    expect(totals(lines)).toEqual({ net: 150, tax: 23, gross: 173 });
    expect(totals([])).toEqual({ net: 0, tax: 0, gross: 0 });
  });
});
