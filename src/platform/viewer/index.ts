import { defineModule } from '../../module.ts';
import { defineViewerTypes } from './graphql.ts';

/** Who am I, and where am I a member? */
export const viewer = defineModule({
  name: 'viewer',
  types: defineViewerTypes,
  examples: new URL('./examples/', import.meta.url),
});
