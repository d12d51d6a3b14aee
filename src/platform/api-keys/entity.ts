import { defineEntity, p } from '../../module.ts';

const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  schema: 'insula_access',
  tableName: 'platform_api_key',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    permissions: p.array(),
    createdBy: p.text(),
    createdAt: p.datetime(),
    expiresAt: p.datetime(),
  },
});

/** A key of the tenant's, without its secret; over a view of the catalog that shows the active tenant's own alone. */
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);
