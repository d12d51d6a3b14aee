import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import { problems } from '../errors/problems.ts';
import { takesPart } from './conditions.ts';
import type { Principal } from './principal.ts';
import { collectRequirements, type Requirement } from './requirements.ts';

/** What an operation needs, whoever asks and whatever the variables are. Public fields need nothing. */
export interface Requirements {
  /** All of them, each once. */
  readonly permissions: readonly string[];
  readonly fields: readonly Requirement[];
}

/** A field that the caller may not have. */
export type Denial = Omit<Requirement, 'conditions'>;

/**
 * Reads from documents what they need; each is read once for each of its operations.
 *
 * @returns a function of a validated document. It throws Problem `OPERATION_NOT_FOUND` when there is no such operation,
 * `LIMIT_EXCEEDED` when its fragments unfold to more than 4,000 selections.
 */
export function createRequirementsReader(
  schema: GraphQLSchema,
): (document: DocumentNode, operationName?: string | null) => Requirements {
  const read = new WeakMap<DocumentNode, Map<string | null, Requirements>>();
  return (document, operationName = null) => {
    const known = read.get(document) ?? new Map<string | null, Requirements>();
    const requirements = known.get(operationName) ?? readOperation(schema, document, operationName);
    read.set(document, known.set(operationName, requirements));
    return requirements;
  };
}

/**
 * The fields of an operation that the caller may not have, with these variables. A denied field stands for all that is
 * selected beneath it.
 */
export function denials(
  requirements: Requirements,
  principal: Pick<Principal, 'permissions'>,
  variables: Readonly<Record<string, unknown>> | null | undefined,
): Denial[] {
  if (requirements.permissions.every((permission) => principal.permissions.has(permission))) return [];
  const denied = new Map<string, Denial>();
  const closed = new Set<string>();
  for (const { conditions, ...requirement } of requirements.fields) {
    const { permission, path, field, onlyOn } = requirement;
    if (principal.permissions.has(permission) || !takesPart(conditions, variables)) continue;
    if (path.some((_, depth) => closed.has(path.slice(0, depth).join('.')))) continue;
    denied.set(`${path.join('.')} ${field}`, requirement);
    if (onlyOn === undefined) closed.add(path.join('.'));
  }
  return [...denied.values()];
}

function readOperation(schema: GraphQLSchema, document: DocumentNode, name: string | null): Requirements {
  const operation = getOperationAST(document, name);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) throw problems.OPERATION_NOT_FOUND('The document has no operation of that name.');
  const fields = collectRequirements(schema, document, operation, root);
  return { fields, permissions: [...new Set(fields.map(({ permission }) => permission))] };
}
