/** How much there is in a database. */
export interface Sizes {
  readonly tenants: number;
  readonly customers: number;
  readonly invoices: number;
}

/** The slug of the tenant with that number, from 1. */
export const slugOf = (number: number): string => `b${String(number).padStart(5, '0')}`;

/** The members of each tenant, of whom each has a token. */
export const MEMBERS_PER_TENANT = 10;

export const subjectOf = (member: number): string => `user${member}`;
