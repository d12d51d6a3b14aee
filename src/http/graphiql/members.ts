import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { DevelopmentIssuer } from '../../authentication/development-issuer.ts';
import { problems } from '../../errors/problems.ts';
import { readBody } from '../../lifecycle/body.ts';
import type { Catalog } from '../../tenancy/catalog/catalog.ts';
import { type IdentificationOptions, identify, readHints } from '../../tenancy/identification/index.ts';
import type { Tenant } from '../../tenancy/tenant.ts';

export interface MembersOptions {
  readonly catalog: Catalog;
  readonly identification: IdentificationOptions;
  /** Development's own. Without it tokens come from elsewhere, and nobody can be chosen. */
  readonly issuer: DevelopmentIssuer | undefined;
}

/** Answers in JSON; throws a Problem to refuse. */
export type Answer = (req: IncomingMessage) => Promise<object>;

/** Seconds: a working day, and then some. */
const TOKEN_LIFETIME = 12 * 60 * 60;
const MAX_BODY = 10_000;
const wish = z.object({ subject: z.string() });

/** Who can be chosen at the tenant's address; a token for whoever is, and the other tenants of theirs. */
export function createMemberAnswers(options: MembersOptions): { members: Answer; token: Answer } {
  const { catalog, issuer } = options;
  return {
    async members(req) {
      const { id, name } = await tenantOf(req, options);
      const members = issuer ? await catalog.membersOf(id) : [];
      return { tenant: name, members: members.map(({ subject, roles }) => ({ subject, roles })) };
    },
    async token(req) {
      const tenant = await tenantOf(req, options);
      const { data } = wish.safeParse(asJson(await readBody(req, MAX_BODY)));
      if (!data || !issuer) throw problems.BAD_REQUEST('Name a member: { "subject": "…" }.');
      const member = await catalog.membership(tenant.id, data.subject);
      if (!member) throw problems.NOT_A_MEMBER('There is no such member.');
      const { subject } = member;
      const places = await catalog.membershipsOf(subject);
      return {
        token: await issuer.sign({ subject, tenant: tenant.slug, expiresIn: TOKEN_LIFETIME }),
        tenant: tenant.slug,
        elsewhere: places
          .filter(({ tenant: { id } }) => id !== tenant.id)
          .map(({ tenant: { slug, name }, roles }) => ({ slug, name, roles })),
      };
    },
  };
}

async function tenantOf(
  { headers, url }: IncomingMessage,
  { catalog, identification }: MembersOptions,
): Promise<Tenant> {
  const hints = readHints({ host: headers.host, path: url }, identification);
  const tenant = await identify(hints, catalog);
  if (!tenant) throw problems.NOT_FOUND('There is no such tenant.');
  return tenant;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
