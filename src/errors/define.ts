import { GraphQLError } from 'graphql';

/** What a code means: the HTTP status that its replies carry, and when it is given (for the table of errors). */
export interface ErrorDefinition {
  readonly status: number;
  readonly description: string;
}

export interface ProblemDetails {
  /** HTTP headers of the reply, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** More members of `extensions`; never anything internal: clients see them. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** What led here, for the log alone. */
  readonly cause?: unknown;
}

/**
 * An error that its reader may see: a stable `extensions.code`, an HTTP status, a message that says what to do.
 * Everything else that is thrown is unexpected: logged whole, masked to the client.
 */
export class Problem extends GraphQLError {
  readonly code: string;
  readonly status: number;
  /** HTTP headers that the reply is to have. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, details: ProblemDetails = {}) {
    const { headers, extensions, cause } = details;
    super(message, { extensions: { ...extensions, code, http: headers ? { status, headers } : { status } } });
    this.name = 'Problem';
    this.code = code;
    this.status = status;
    this.headers = headers ?? {};
    if (cause !== undefined) this.cause = cause;
  }
}

/** Makes a problem of one code: `problems.NOT_FOUND('There is no invoice 7.')`. */
export type ProblemFactory = ((message: string, details?: ProblemDetails) => Problem) & ErrorDefinition;

/**
 * Names a family of errors; each code is written once, here and in the table that is generated from it.
 *
 * @example
 * const errors = defineErrors({ INVOICE_NOT_DRAFT: { status: 409, description: 'Only a draft can be changed.' } });
 * throw errors.INVOICE_NOT_DRAFT('Invoice 2026-0007 was issued and can no longer be changed.');
 */
export function defineErrors<const Code extends string>(
  definitions: Readonly<Record<Code, ErrorDefinition>>,
): Readonly<Record<Code, ProblemFactory>> {
  const entries = Object.entries<ErrorDefinition>(definitions).map(([code, { status, description }]) => {
    const factory = (message: string, details?: ProblemDetails) =>
      new Problem(code, status, message, details);
    return [code, Object.assign(factory, { status, description })] as const;
  });
  // Object.fromEntries forgets which names the entries have.
  return Object.fromEntries(entries) as Record<Code, ProblemFactory>;
}
