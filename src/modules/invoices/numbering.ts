import { v7 } from 'uuid';
import type { RequestContext } from '../../module.ts';

// One row per year. The update locks it until the commit, so numbers have no gaps: a rollback gives its number back.
const TAKE = `
  insert into invoice_series (id, version, year, last_number) values (?, 1, ?, 1)
  on conflict (year) do update
    set last_number = invoice_series.last_number + 1, version = invoice_series.version + 1
  returning last_number`;

/** Takes the year's next number, such as `2026-0007`. Call it last: others wait for the row until the commit. */
export async function takeInvoiceNumber(em: RequestContext['em'], year: number): Promise<string> {
  const [row] = await em.execute<{ last_number: number }[]>(TAKE, [v7(), year]);
  return `${year}-${String(row?.last_number).padStart(4, '0')}`;
}
