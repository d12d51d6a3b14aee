import type { IncomingMessage, ServerResponse } from 'node:http';
import type { useGenericAuth } from '@envelop/generic-auth';
import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Principal } from '../authorization/principal.ts';
import type { Exchange } from './exchange.ts';
import type { useTrustedDocuments } from './trusted-documents.ts';

/** What both doors hand to the plugins, and what Yoga makes its context of. */
export interface ServerContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly exchange: Exchange;
  /** Set by the authentication phase, when the context of the operation is built. */
  readonly principal?: Principal;
}

/** An operation that is about to run: what `onExecute` sees of a query or mutation, `onSubscribe` of a subscription. */
export interface AboutToRun {
  readonly args: {
    readonly document: DocumentNode;
    readonly contextValue: ServerContext;
    readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  };
}

/**
 * A phase of a request's life. Resolvers see none of these contexts: theirs is the session's `RequestContext`.
 *
 * Both doors run `onRequestParse`, `onParams`, Envelop's hooks, `onExecutionResult` and `onResultProcess`; the doors
 * refuse a plugin with any other hook of Yoga's HTTP layer.
 */
export type LifecyclePlugin = Plugin<ServerContext, ServerContext>;

/** The plugin of generic-auth, whose type brings a context of its own. */
export type CallerPlugin = ReturnType<typeof useGenericAuth<Principal, ServerContext, 'principal'>>;

/** What stands in the list: a phase of ours, or a library's plugin. */
export type ListedPlugin = LifecyclePlugin | CallerPlugin | ReturnType<typeof useTrustedDocuments>;
