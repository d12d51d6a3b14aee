import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import { problems } from '../errors/problems.ts';
import type { ServerContext } from './context.ts';

export interface TrustedDocumentsOptions {
  /** Each document's text under its id, as a manifest has them. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether nothing else runs. */
  readonly only: boolean;
}

/** The library's plugin, whose type knows nothing of our server's context. */
type TrustedDocuments = ReturnType<typeof usePersistedOperations<ServerContext>>;

/**
 * [SM] Documents that the front end's build wrote down are sent by their id alone:
 * `{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "…"}}}`. Where nothing else runs, the API does what its
 * own front ends ask for and no more, whoever holds a token.
 */
export function useTrustedDocuments({ documents, only }: TrustedDocumentsOptions): TrustedDocuments {
  return usePersistedOperations<ServerContext>({
    getPersistedOperation: (id) => documents.get(id) ?? null,
    allowArbitraryOperations: !only,
    customErrors: {
      notFound: () =>
        problems.PERSISTED_QUERY_NOT_FOUND(
          'There is no trusted document with this id: is its manifest deployed?',
        ),
      keyNotFound: () => problems.BAD_REQUEST('Send a "query", or the id of a trusted document.'),
      persistedQueryOnly: () =>
        problems.DOCUMENT_NOT_TRUSTED('Only trusted documents run here: send the id of one, and no "query".'),
    },
  });
}
