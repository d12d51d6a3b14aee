import { defineErrors } from '../errors/define.ts';

/** What can be wrong with an order to the fleet, sorted by status. */
export const fleetProblems = defineErrors({
  DOMAIN_INVALID: { status: 400, description: 'The domain is no full domain name in lower case.' },
  PLAN_INVALID: { status: 400, description: 'The name of the plan is none.' },
  SLUG_INVALID: { status: 400, description: 'The slug is no DNS label in lower case, or it is reserved.' },
  SUBJECT_INVALID: { status: 400, description: 'The subject is empty, too long or has control characters.' },
  TENANT_NAME_INVALID: { status: 400, description: "The tenant's name is empty or too long." },
  PLAN_NOT_FOUND: { status: 404, description: 'There is no such plan.' },
  TENANT_NOT_FOUND: { status: 404, description: 'There is no such tenant.' },
  DOMAIN_TAKEN: { status: 409, description: 'The domain belongs to another tenant.' },
  PLAN_IN_USE: { status: 409, description: 'Tenants have the plan.' },
  TABLE_NOT_PROTECTED: {
    status: 500,
    description: 'A table of a module can not be audited or kept to its tenant; the message says why.',
  },
});

/** The database was not installed: the message says what it lacks. */
export class InstallRefused extends Error {
  override readonly name = 'InstallRefused';
}

/** What somebody typed, as it stands in a message: quoted, and no longer than one likes to read. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
