import { defineModule } from '../../module.ts';
import { AuditEvent } from './entity.ts';
import { defineAuditEventTypes } from './graphql.ts';
import { auditEventService } from './service.ts';

/** Who did what, and what was tried and refused: the audit trail, for those who answer for the tenant. */
export const auditEvents = defineModule({
  name: 'audit',
  entities: [AuditEvent],
  types: defineAuditEventTypes,
  services: [auditEventService],
  permissions: { 'audit:read': ['owner', 'admin'] },
});
