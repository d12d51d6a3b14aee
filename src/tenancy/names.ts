/**
 * What a tenant can be called. Everything else (quotes, dots, `../`, NUL, upper case, 300 characters) is no tenant's
 * name: it is answered as such, without asking the database.
 */
const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ID = /^t_[a-z0-9]{16}$/;
const DOMAIN = /^(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
const KEY_ID = /^[a-z0-9]{16}$/;
const LONGEST_SUBJECT = 255;

/** A DNS label in lower case, so that a slug can be a subdomain. */
export function isSlug(value: string): boolean {
  return SLUG.test(value);
}

/** `t_` and sixteen characters: never a slug, since a slug has no underscore. */
export function isTenantId(value: string): boolean {
  return ID.test(value);
}

/** The id of an API key: sixteen characters. */
export function isKeyId(value: string): boolean {
  return KEY_ID.test(value);
}

/** A full domain name in lower case; internationalised ones in their ASCII form. */
export function isDomain(value: string): boolean {
  return DOMAIN.test(value);
}

/** What stands before an API key's id where it acts as a subject; no token's subject begins with it. */
const KEY_HOLDER = 'key:';

/** The subject as which whoever has an API key acts. @param id the key's */
export const keyHolder = (id: string) => KEY_HOLDER + id;

/** The id of the API key that acts as this subject; undefined for people. */
export function keyOf(subject: string): string | undefined {
  return subject.startsWith(KEY_HOLDER) ? subject.slice(KEY_HOLDER.length) : undefined;
}

/**
 * Something that can be a subject: it names the actor in logs and in the audit trail, so it has no control
 * characters, and no half of a surrogate pair, which would be stored as another character.
 */
export function isSubject(value: string): boolean {
  return (
    keyOf(value) === undefined &&
    value.length > 0 &&
    value.length <= LONGEST_SUBJECT &&
    !/\p{Cc}/u.test(value) &&
    value.isWellFormed()
  );
}
