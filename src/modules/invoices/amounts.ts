/** The most lines of an invoice. */
export const MAX_LINES = 200;

/** Net and tax, in minor units of one currency. */
export interface Amounts {
  readonly net: number;
  readonly tax: number;
}

/**
 * Net and tax of a line. The tax is rounded for each line, halves upwards, as printed invoices do.
 *
 * @param quantity not negative, as is the price
 * @param taxRate hundredths of a percent
 */
export function lineAmounts(quantity: number, unitPrice: number, taxRate: number): Amounts {
  const net = quantity * unitPrice;
  // The product of a large line and its rate does not fit into a double.
  const tax = Number((BigInt(net) * BigInt(taxRate) + 5_000n) / 10_000n);
  return { net, tax };
}

/** The sums over an invoice's lines. */
export function totals(lines: Iterable<Amounts>): Amounts & { readonly gross: number } {
  let [net, tax] = [0, 0];
  for (const line of lines) {
    net += line.net;
    tax += line.tax;
  }
  return { net, tax, gross: net + tax };
}
