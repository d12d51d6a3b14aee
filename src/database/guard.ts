import { StatementRefused } from './errors.ts';

/** Blanks and opening parentheses as PostgreSQL's scanner knows them, then one of the words as a whole. */
const PLANNABLE =
  /^[ \t\n\r\f\v(]*(?:select|insert|update|delete|merge|with|values|table)(?![\w$\u0080-\uffff])/i;

/**
 * Refuses every text that is not one plannable statement, so that no text can end the transaction, leave the tenant's
 * role, take locks or prepare something for the next tenant. Revoked privileges can't do that: `SET ROLE`, `COMMIT`
 * and their like need none. The extended protocol, which the driver always speaks, refuses a second statement in the
 * same text; here the first word is held against a list. A comment in front is refused too: then no scanner of
 * comments is needed, nor trusted.
 *
 * @throws StatementRefused
 */
export function assertPlannable(text: string): void {
  if (!PLANNABLE.test(text)) {
    throw new StatementRefused(
      'Only select, insert, update, delete, merge, with, values and table statements are run for a tenant, without a comment in front of them.',
    );
  }
  if (text.includes('\0')) throw new StatementRefused('A statement can not contain the character NUL.');
}
