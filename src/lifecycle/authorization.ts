import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { createRequirementsReader, type Denial, denials } from '../authorization/document.ts';
import { locate } from '../errors/locate.ts';
import { problems } from '../errors/problems.ts';
import type { FailureTrail } from '../session/trail.ts';
import type { AboutToRun, LifecyclePlugin } from './context.ts';

export interface AuthorizationOptions {
  readonly schema: GraphQLSchema;
  /** Where denials are written down. @default nowhere */
  readonly trail?: FailureTrail | undefined;
}

/**
 * [AZ] May the caller have every field that they ask for? What a document needs is read once and kept with it; what is
 * left for each request is to compare two sets. One field that is denied refuses the whole operation, with an error
 * for each, before anything is loaded; the audit trail has it.
 */
export function useAuthorization({ schema, trail }: AuthorizationOptions): LifecyclePlugin {
  const requirementsOf = createRequirementsReader(schema);
  const decide = ({ args: { document, contextValue }, setResultAndStopExecution }: Decision) => {
    const { exchange } = contextValue;
    const { id: requestId, access, operation, principal } = exchange;
    if (!operation || !access || !principal)
      throw new Error('An operation got past routing or authentication.');
    const denied = denials(requirementsOf(document, operation.name), principal, operation.variables);
    if (denied.length === 0) return undefined;
    setResultAndStopExecution({ errors: denied.map(forbidden) });
    const facts = { requestId, tenant: access.tenant, principal, operationName: operation.name };
    return exchange.within(() =>
      trail?.refused(
        facts,
        denied.map(({ field }) => field),
      ),
    );
  };
  return { onExecute: decide, onSubscribe: decide };
}

interface Decision extends AboutToRun {
  readonly setResultAndStopExecution: (refusal: ExecutionResult) => void;
}

function forbidden({ field, permission, path, node }: Denial): GraphQLError {
  const problem = problems.FORBIDDEN(`You need the permission "${permission}" for ${field}.`);
  return locate(problem, { nodes: [node], source: undefined, positions: undefined, path });
}
