import { p } from '@mikro-orm/core';
import { v7 } from 'uuid';

/**
 * What every entity has: a key that grows with time (UUID version 7, RFC 9562), and the version by which an
 * update notices that someone else was faster.
 */
export const identity = () => ({
  id: p
    .uuid()
    .primary()
    .onCreate(() => v7()),
  version: p.integer().version().default(1),
});
