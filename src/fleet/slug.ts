import { isSlug } from '../tenancy/names.ts';
import { fleetProblems, quoted } from './errors.ts';

/** Names that a subdomain or a path of the gateway's own may have, now or later. */
const RESERVED: ReadonlySet<string> = new Set(
  `account accounts admin api app assets auth billing blog cdn dashboard docs events ftp graphiql graphql health help
   id imap insula livez localhost login logout mail metrics mx ns ns1 ns2 operator owner public readyz root shared
   smtp sso static status support system t tenant tenants webhooks www`.split(/\s+/),
);

/** @throws Problem `SLUG_INVALID`, saying what a slug is */
export function assertSlug(slug: string): void {
  if (!isSlug(slug)) {
    throw fleetProblems.SLUG_INVALID(
      `${quoted(slug)} is no slug: lower-case letters, digits and dashes inside, 63 at the most.`,
    );
  }
  // A label with dashes at these places is an encoded one (xn--…), which can look like another tenant's name.
  if (slug.startsWith('--', 2))
    throw fleetProblems.SLUG_INVALID(`"${slug}" would be an encoded domain name.`);
  if (RESERVED.has(slug)) throw fleetProblems.SLUG_INVALID(`"${slug}" is reserved.`);
}
