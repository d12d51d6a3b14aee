import { z } from 'zod';
import { HINT_SOURCES } from './identification/index.ts';
import { isDomain, isSlug } from './names.ts';

/** `a, b` → `['a', 'b']`, without empty ones. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const baseDomain = z
  .string()
  .toLowerCase()
  .refine((name) => isDomain(name) || isSlug(name), 'Not a domain name');

const milliseconds = z.coerce.number().int().positive();

/** How tenants are recognised, and how fresh the gateway's knowledge of them is. */
export const tenancySettings = z.object({
  INSULA_TENANT_SOURCES: list
    .pipe(z.array(z.enum(HINT_SOURCES)).min(1, 'Names no source'))
    .prefault(HINT_SOURCES.join(','))
    .describe(
      `Which parts of a request may name the tenant, separated by commas: ${HINT_SOURCES.join(', ')}. Others are ignored.`,
    ),
  INSULA_BASE_DOMAINS: list
    .pipe(z.array(baseDomain).min(1, 'Names no domain'))
    .prefault('localhost')
    .describe(
      'The domains under which each subdomain is a tenant, separated by commas. List internal names of the gateway too: every other host is taken for a tenant’s own domain.',
    ),
  INSULA_CATALOG_HEARTBEAT: milliseconds
    .default(250)
    .describe('Milliseconds between two looks whether the catalog of tenants changed.'),
  INSULA_CATALOG_OVERDUE: milliseconds
    .default(750)
    .describe('Milliseconds without such a look after which every request asks the database.'),
});
