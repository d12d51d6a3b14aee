/** Every `extensions.code`, with its status. */
export type ErrorCode =
  /** 409: They are a member already. */
  | 'ALREADY_A_MEMBER'
  /** 400: The request is no GraphQL request: the body, its JSON or a parameter is malformed. */
  | 'BAD_REQUEST'
  /** 400: Arguments or variables are invalid; `extensions.issues` names each fault with its path. */
  | 'BAD_USER_INPUT'
  /** 499: The client went away before the reply; for the log alone. */
  | 'CLIENT_CLOSED_REQUEST'
  /** 503: The database could not be asked whether the change was kept; look before repeating. */
  | 'COMMIT_UNKNOWN'
  /** 409: Someone else changed the same data; load it again and repeat. */
  | 'CONFLICT'
  /** 409: The data would break a rule of the database. */
  | 'CONSTRAINT_VIOLATION'
  /** 503: No database connection was free in time. */
  | 'DATABASE_BUSY'
  /** 503: The database can not be reached. */
  | 'DATABASE_UNAVAILABLE'
  /** 403: Nothing but trusted documents runs here, and this is none. */
  | 'DOCUMENT_NOT_TRUSTED'
  /** 403: The caller's roles lack a permission that the operation needs. */
  | 'FORBIDDEN'
  /** 400: The document is not GraphQL. */
  | 'GRAPHQL_PARSE_FAILED'
  /** 400: The document does not fit the schema. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** 431: The headers of the request are larger than the limit. */
  | 'HEADERS_TOO_LARGE'
  /** 409: The idempotency key was used with another body. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** 500: An unexpected error; the log has it under the request id. */
  | 'INTERNAL'
  /** 409: An invoice without lines can not be issued. */
  | 'INVOICE_EMPTY'
  /** 409: Only a draft can be changed, issued or deleted. */
  | 'INVOICE_NOT_DRAFT'
  /** 409: Only an issued invoice can be paid or voided. */
  | 'INVOICE_NOT_ISSUED'
  /** 409: The tenant would be left without an owner. */
  | 'LAST_OWNER'
  /** 400: The document is too long, too deep, too wide or too costly; the message names the limit. */
  | 'LIMIT_EXCEEDED'
  /** 405: GET carries queries and subscriptions; a mutation is a POST. */
  | 'METHOD_NOT_ALLOWED'
  /** 406: No media type that the client accepts can be sent. */
  | 'NOT_ACCEPTABLE'
  /** 403: The caller is no member of the tenant, or there is no such tenant. */
  | 'NOT_A_MEMBER'
  /** 404: What the operation names does not exist, or the caller may not see it. */
  | 'NOT_FOUND'
  /** 400: The document has no operation of the name that was asked for, or several and no name. */
  | 'OPERATION_NOT_FOUND'
  /** 409: More would be paid than the invoice asks for. */
  | 'OVERPAYMENT'
  /** 403: Owners alone make and unmake owners. */
  | 'OWNERS_ONLY'
  /** 413: The body is larger than the limit. */
  | 'PAYLOAD_TOO_LARGE'
  /** 400: There is no trusted document with the id that was sent. */
  | 'PERSISTED_QUERY_NOT_FOUND'
  /** 400: A GET has no header that a browser sends after a preflight alone, so another site may have caused it. */
  | 'PREFLIGHT_REQUIRED'
  /** 429: The tenant asks for more than its plan allows; Retry-After says when to come again. */
  | 'RATE_LIMITED'
  /** 408: The client took too long to send the request. */
  | 'REQUEST_TIMEOUT'
  /** 503: This gateway stops; subscribe again, at another one. */
  | 'SHUTTING_DOWN'
  /** 504: The operation took longer than its time limit. */
  | 'STATEMENT_TIMEOUT'
  /** 429: Events came faster than the subscriber read them; subscribe again, and load what was missed. */
  | 'SUBSCRIBER_TOO_SLOW'
  /** 503: The tenant's schema is being brought up to date. */
  | 'TENANT_MIGRATING'
  /** 403: Two parts of the request name different tenants. */
  | 'TENANT_MISMATCH'
  /** 400: The request names no tenant. */
  | 'TENANT_REQUIRED'
  /** 403: The tenant is suspended. */
  | 'TENANT_SUSPENDED'
  /** 409: The tenant has as many API keys as it can. */
  | 'TOO_MANY_API_KEYS'
  /** 429: The caller, or the tenant, has as many subscriptions open as are allowed. */
  | 'TOO_MANY_SUBSCRIPTIONS'
  /** 401: There is no valid token. */
  | 'UNAUTHENTICATED'
  /** 415: The content type or encoding is not accepted. */
  | 'UNSUPPORTED_MEDIA_TYPE';

/** An error of a reply. */
export interface ReplyError {
  readonly message: string;
  /** The field that failed, by its name or alias in the operation. */
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: ErrorCode;
    /** For BAD_USER_INPUT: each fault of the input, with its place. */
    readonly issues?: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
  };
}
