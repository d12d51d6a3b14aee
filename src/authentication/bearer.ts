const BEARER = /^Bearer +([^\s]+) *$/i;

/**
 * The token of an `Authorization: Bearer` header. It is nowhere else: an address ends up in logs and histories, a
 * cookie is sent by pages of others.
 */
export function bearerToken(authorization: string | null): string | undefined {
  return BEARER.exec(authorization ?? '')?.[1];
}
