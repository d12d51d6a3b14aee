import { defineModule } from '../../module.ts';
import { ApiKey } from './entity.ts';
import { defineApiKeyTypes } from './graphql.ts';
import { apiKeyService } from './service.ts';

/** Keys with which programs enter the tenant: for some permissions, and for a time. */
export const apiKeys = defineModule({
  name: 'api-keys',
  entities: [ApiKey],
  types: defineApiKeyTypes,
  services: [apiKeyService],
  permissions: { 'api-keys:read': ['owner', 'admin'], 'api-keys:write': ['owner', 'admin'] },
});
