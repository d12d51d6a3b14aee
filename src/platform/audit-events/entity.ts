import { defineEntity, p } from '../../module.ts';

/** A row was inserted, updated, deleted; a mutation failed; an operation was refused. */
export type AuditAction = 'I' | 'U' | 'D' | 'F' | 'R';

const AuditEventSchema = defineEntity({
  name: 'AuditEvent',
  schema: '*',
  properties: {
    /** Where the event stands in the trail: segment, transaction, and number within it. */
    seg: p.integer().primary(),
    xid: p.string().columnType('xid8').primary(),
    number: p.bigint('string').primary(),
    at: p.datetime(),
    actor: p.string(),
    operation: p.string(),
    requestId: p.string(),
    relation: p.string().nullable(),
    action: p.string().$type<AuditAction>(),
    rowId: p.string().nullable(),
    old: p.json<Readonly<Record<string, unknown>>>().nullable(),
    new: p.json<Readonly<Record<string, unknown>>>().nullable(),
    code: p.string().nullable(),
    fields: p.array().nullable(),
  },
});

/** An event of the audit trail; over the view `audit_event`, which is made with each tenant's trail. */
export class AuditEvent extends AuditEventSchema.class {}
AuditEventSchema.setClass(AuditEvent);
