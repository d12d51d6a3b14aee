import { createHash } from 'node:crypto';
import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql';
import { problems } from '../errors/problems.ts';
import { acceptsEvents, EVENT_STREAM } from './accept.ts';
import type { Exchange, OperationRecord } from './exchange.ts';

/** What is known of a document for as long as it is kept. */
const hashes = new WeakMap<DocumentNode, string>();

/**
 * [RR] Finds the operation that is asked for, and writes it into the exchange; later phases read it there. Called
 * where a document becomes known: when it was parsed, or found among the known ones.
 *
 * @throws Problem `OPERATION_NOT_FOUND`, or `METHOD_NOT_ALLOWED` for a mutation over GET, `NOT_ACCEPTABLE`
 * for a subscription whose client can't read events.
 */
export function route(exchange: Exchange, document: DocumentNode, operationName: string | undefined): void {
  const node = getOperationAST(document, operationName);
  if (!node) throw problems.OPERATION_NOT_FOUND(explain(operationName));
  if (node.operation === 'mutation' && exchange.req.method === 'GET') {
    throw problems.METHOD_NOT_ALLOWED('GET is for queries and subscriptions; send this as a POST.', {
      headers: { allow: 'POST' },
    });
  }
  if (node.operation === 'subscription' && !acceptsEvents(exchange.req.headers.accept)) {
    throw problems.NOT_ACCEPTABLE(`A subscription needs a client that accepts ${EVENT_STREAM}.`);
  }
  exchange.operation = recordOf(node, document);
}

function recordOf(node: OperationDefinitionNode, document: DocumentNode): OperationRecord {
  return {
    node,
    type: node.operation,
    name: node.name?.value ?? null,
    documentHash: hashOf(document),
    variables: {},
    duration: 0,
    report: { statements: 0, databaseTime: 0, attempts: 0, replayed: false },
  };
}

function hashOf(document: DocumentNode): string {
  let hash = hashes.get(document);
  if (hash === undefined) {
    hash = createHash('sha256')
      .update(document.loc?.source.body ?? '')
      .digest('base64url')
      .slice(0, 16);
    hashes.set(document, hash);
  }
  return hash;
}

function explain(name: string | undefined): string {
  return name === undefined
    ? 'The document has several operations, or none: name the one to run in "operationName".'
    : `The document has no operation named "${name.slice(0, 100)}".`;
}
