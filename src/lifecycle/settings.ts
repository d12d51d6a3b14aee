import { z } from 'zod';
import { readManifests } from './manifests.ts';

const limit = (value: number, description: string) =>
  z.coerce.number().int().positive().default(value).describe(description);

const share = (description: string) => z.coerce.number().int().positive().optional().describe(description);

const manifests = z.string().transform((paths, context) => {
  try {
    return readManifests(paths);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

/** The limits of a single request and of a tenant, each with the variable that changes it. */
export const lifecycleSettings = z.object({
  INSULA_MAX_BODY_BYTES: limit(1_000_000, 'The longest request body, in bytes.'),
  INSULA_MAX_DOCUMENT_LENGTH: limit(32_768, 'The longest GraphQL document, in characters.'),
  INSULA_MAX_TOKENS: limit(2_000, 'The most tokens of a document.'),
  INSULA_MAX_DEPTH: limit(12, 'How deep fields can be nested.'),
  INSULA_MAX_ALIASES: limit(30, 'The most aliases of a document.'),
  INSULA_MAX_ROOT_FIELDS: limit(20, 'The most root fields of an operation.'),
  INSULA_MAX_DIRECTIVES: limit(50, 'The most directives of a document.'),
  INSULA_MAX_LIST_LENGTH: limit(1_000, 'The most members of a list that is input.'),
  INSULA_PAGE_SIZE: limit(20, 'How many members a page has when `first` and `last` are not given.'),
  INSULA_MAX_PAGE_SIZE: limit(100, 'The largest `first` or `last`, and the most `ids` of `nodes`.'),
  INSULA_MAX_COST: limit(50_000, 'The most values that an operation may ask for, by its page sizes.'),
  INSULA_MAX_SUBSCRIPTIONS_PER_CALLER: limit(20, 'The most subscriptions of a caller at one gateway.'),
  INSULA_MAX_SUBSCRIPTIONS_PER_TENANT: limit(1_000, 'The most subscriptions of a tenant at one gateway.'),
  INSULA_OPERATIONS_PER_MINUTE: share(
    'The most requests in a minute of a tenant at one gateway, where neither it nor its plan has a limit. Without it they are not limited.',
  ),
  INSULA_CONCURRENT_OPERATIONS: share(
    'The most operations of a tenant that run at one gateway at the same time, where neither it nor its plan has a limit. Without it they are not limited.',
  ),
  INSULA_TRUSTED_DOCUMENTS: manifests
    .optional()
    .describe(
      'Manifests of trusted documents, separated by commas: JSON files with each document’s text under its id, which clients then send instead of it.',
    ),
  INSULA_TRUSTED_DOCUMENTS_ONLY: z
    .stringbool('Neither "true" nor "false"')
    .default(false)
    .describe('Whether nothing but trusted documents runs.'),
  INSULA_OPERATION_TIMEOUT: limit(30_000, 'How long an operation may take, in milliseconds.'),
});

export type LifecycleSettings = z.infer<typeof lifecycleSettings>;
