import { defineErrors } from './define.ts';

/** The gateway's own errors, sorted by status. A module defines its own beside its service. */
export const problems = defineErrors({
  BAD_REQUEST: {
    status: 400,
    description: 'The request is no GraphQL request: the body, its JSON or a parameter is malformed.',
  },
  BAD_USER_INPUT: {
    status: 400,
    description: 'Arguments or variables are invalid; `extensions.issues` names each fault with its path.',
  },
  GRAPHQL_PARSE_FAILED: { status: 400, description: 'The document is not GraphQL.' },
  GRAPHQL_VALIDATION_FAILED: { status: 400, description: 'The document does not fit the schema.' },
  LIMIT_EXCEEDED: {
    status: 400,
    description: 'The document is too long, too deep, too wide or too costly; the message names the limit.',
  },
  OPERATION_NOT_FOUND: {
    status: 400,
    description: 'The document has no operation of the name that was asked for, or several and no name.',
  },
  PREFLIGHT_REQUIRED: {
    status: 400,
    description:
      'A GET has no header that a browser sends after a preflight alone, so another site may have caused it.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 400,
    description: 'There is no trusted document with the id that was sent.',
  },
  TENANT_REQUIRED: { status: 400, description: 'The request names no tenant.' },
  UNAUTHENTICATED: { status: 401, description: 'There is no valid token.' },
  DOCUMENT_NOT_TRUSTED: {
    status: 403,
    description: 'Nothing but trusted documents runs here, and this is none.',
  },
  FORBIDDEN: { status: 403, description: "The caller's roles lack a permission that the operation needs." },
  NOT_A_MEMBER: {
    status: 403,
    description: 'The caller is no member of the tenant, or there is no such tenant.',
  },
  TENANT_MISMATCH: { status: 403, description: 'Two parts of the request name different tenants.' },
  TENANT_SUSPENDED: { status: 403, description: 'The tenant is suspended.' },
  OWNERS_ONLY: { status: 403, description: 'Owners alone make and unmake owners.' },
  NOT_FOUND: {
    status: 404,
    description: 'What the operation names does not exist, or the caller may not see it.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    description: 'GET carries queries and subscriptions; a mutation is a POST.',
  },
  NOT_ACCEPTABLE: { status: 406, description: 'No media type that the client accepts can be sent.' },
  REQUEST_TIMEOUT: { status: 408, description: 'The client took too long to send the request.' },
  ALREADY_A_MEMBER: { status: 409, description: 'They are a member already.' },
  CONFLICT: { status: 409, description: 'Someone else changed the same data; load it again and repeat.' },
  CONSTRAINT_VIOLATION: { status: 409, description: 'The data would break a rule of the database.' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, description: 'The idempotency key was used with another body.' },
  LAST_OWNER: { status: 409, description: 'The tenant would be left without an owner.' },
  TOO_MANY_API_KEYS: { status: 409, description: 'The tenant has as many API keys as it can.' },
  PAYLOAD_TOO_LARGE: { status: 413, description: 'The body is larger than the limit.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, description: 'The content type or encoding is not accepted.' },
  RATE_LIMITED: {
    status: 429,
    description: 'The tenant asks for more than its plan allows; Retry-After says when to come again.',
  },
  SUBSCRIBER_TOO_SLOW: {
    status: 429,
    description:
      'Events came faster than the subscriber read them; subscribe again, and load what was missed.',
  },
  TOO_MANY_SUBSCRIPTIONS: {
    status: 429,
    description: 'The caller, or the tenant, has as many subscriptions open as are allowed.',
  },
  HEADERS_TOO_LARGE: { status: 431, description: 'The headers of the request are larger than the limit.' },
  CLIENT_CLOSED_REQUEST: {
    status: 499,
    description: 'The client went away before the reply; for the log alone.',
  },
  INTERNAL: { status: 500, description: 'An unexpected error; the log has it under the request id.' },
  COMMIT_UNKNOWN: {
    status: 503,
    description: 'The database could not be asked whether the change was kept; look before repeating.',
  },
  DATABASE_BUSY: { status: 503, description: 'No database connection was free in time.' },
  DATABASE_UNAVAILABLE: { status: 503, description: 'The database can not be reached.' },
  SHUTTING_DOWN: { status: 503, description: 'This gateway stops; subscribe again, at another one.' },
  TENANT_MIGRATING: { status: 503, description: "The tenant's schema is being brought up to date." },
  STATEMENT_TIMEOUT: { status: 504, description: 'The operation took longer than its time limit.' },
});
