import { defineModule } from '../../module.ts';
import { Member } from './entity.ts';
import { defineMemberTypes } from './graphql.ts';
import { memberService } from './service.ts';

/** Who may enter the tenant, and as what. */
export const members = defineModule({
  name: 'members',
  entities: [Member],
  types: defineMemberTypes,
  services: [memberService],
  permissions: { 'members:read': ['owner', 'admin'], 'members:write': ['owner', 'admin'] },
});
