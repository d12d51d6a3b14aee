import { type Criteria, defineService } from '../../module.ts';
import type { AuditAction, AuditEvent } from './entity.ts';

/** Which events. */
export interface AuditEventFilter {
  readonly relation?: string | null | undefined;
  readonly action?: readonly AuditAction[] | null | undefined;
  readonly actor?: string | null | undefined;
  readonly operation?: string | null | undefined;
  readonly requestId?: string | null | undefined;
  readonly since?: Date | null | undefined;
  readonly until?: Date | null | undefined;
  /** Of one row: its table and its `id`. */
  readonly row?: { readonly relation: string; readonly id: string } | null | undefined;
}

export const auditEventService = defineService('audit-events', () => ({
  /**
   * The newest first. Transactions that still run when a page is read come into the order where they began, before what
   * was read; a cursor stays where it is.
   */
  list(filter: AuditEventFilter): Criteria<AuditEvent> {
    const { relation, action, actor, operation, requestId, since, until, row } = filter;
    return {
      where: {
        $and: [
          ...(relation ? [{ relation }] : []),
          ...(action ? [{ action: { $in: [...action] } }] : []),
          ...(actor ? [{ actor }] : []),
          ...(operation ? [{ operation }] : []),
          ...(requestId ? [{ requestId }] : []),
          ...(since ? [{ at: { $gte: since } }] : []),
          ...(until ? [{ at: { $lt: until } }] : []),
          ...(row ? [{ relation: row.relation, rowId: row.id }] : []),
        ],
      },
      orderBy: { seg: 'desc', xid: 'desc', number: 'desc' },
    };
  },
}));
