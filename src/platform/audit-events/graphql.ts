import { type ColumnAccess, createColumnAccess, type InsulaBuilder, problems } from '../../module.ts';
import { AuditEvent } from './entity.ts';
import { auditEventService } from './service.ts';

/** The audit trail as a connection. */
export function defineAuditEventTypes(builder: InsulaBuilder): void {
  const accessIn = createColumnAccess(builder);

  const AuditAction = builder.enumType('AuditAction', {
    description: 'What happened.',
    values: {
      INSERT: { value: 'I', description: 'A row was inserted.' },
      UPDATE: { value: 'U', description: 'A row was updated.' },
      DELETE: { value: 'D', description: 'A row was deleted.' },
      FAILED: { value: 'F', description: 'A mutation failed; nothing of it was kept.' },
      REFUSED: { value: 'R', description: 'An operation was refused: the actor lacks a permission.' },
    },
  });

  builder.entityObject(AuditEvent, {
    description: 'Something that was done in this tenant, or was tried and not done.',
    permission: 'audit:read',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
      actor: t.expose('actor', {
        type: 'String',
        description: 'Who did it: `user:` and the subject, or the system.',
      }),
      operation: t.expose('operation', {
        type: 'String',
        description: 'The name of the operation in its document.',
      }),
      requestId: t.expose('requestId', { type: 'String', description: 'The `x-request-id` of its reply.' }),
      action: t.expose('action', { type: AuditAction, description: 'What happened.' }),
      relation: t.expose('relation', {
        type: 'String',
        description: 'The table of the row; null for what was not done.',
      }),
      key: t.field({
        type: 'JSONObject',
        nullable: true,
        description: 'The primary key of the row.',
        select: ['relation', 'old', 'new'],
        resolve({ relation, old, new: now }, _args, _context, { schema }) {
          const row = now ?? old;
          return relation !== null && row ? accessIn(schema).keyOf(relation, row) : null;
        },
      }),
      nodeId: t.field({
        type: 'ID',
        nullable: true,
        description: 'The global id of the row, where the API has a type for it; the row may be gone.',
        select: ['relation', 'rowId'],
        resolve: ({ relation, rowId }, _args, _context, { schema }) =>
          relation === null || rowId === null ? null : accessIn(schema).globalId(relation, rowId),
      }),
      old: t.field({
        type: 'JSONObject',
        nullable: true,
        description: 'The row’s columns before, but for those that the caller may not see.',
        select: ['relation', 'old'],
        resolve: ({ relation, old }, _args, { principal }, { schema }) =>
          relation !== null && old ? accessIn(schema).seen(principal, relation, old) : null,
      }),
      new: t.field({
        type: 'JSONObject',
        nullable: true,
        description: 'The row’s columns after, but for those that the caller may not see.',
        select: ['relation', 'new'],
        resolve: ({ relation, new: now }, _args, { principal }, { schema }) =>
          relation !== null && now ? accessIn(schema).seen(principal, relation, now) : null,
      }),
      code: t.expose('code', {
        type: 'String',
        description: 'The code of the reply, for what was not done.',
      }),
      fields: t.expose('fields', {
        type: ['String'],
        description: 'The fields of the operation that were refused or failed, for what was not done.',
      }),
    }),
  });

  const AuditEventFilter = builder.inputType('AuditEventFilter', {
    description: 'Which events; what is left out does not matter.',
    fields: (t) => ({
      relation: t.string({ description: 'The table of the row.' }),
      nodeId: t.globalID({ description: 'The global id of the row.' }),
      action: t.field({ type: [AuditAction], description: 'Any of these.' }),
      actor: t.string({ description: 'Who did it.' }),
      operation: t.string({ description: 'The name of the operation.' }),
      requestId: t.string({ description: 'The `x-request-id` of the reply.' }),
      since: t.field({ type: 'DateTime', description: 'At or after this time.' }),
      until: t.field({ type: 'DateTime', description: 'Before this time.' }),
    }),
  });

  builder.queryFields((t) => ({
    auditEvents: t.entityConnection({
      description: 'The audit trail, the newest events first.',
      permission: 'audit:read',
      type: AuditEvent,
      args: {
        filter: t.arg({ type: AuditEventFilter, description: 'Which events; all of them if left out.' }),
      },
      query: (_root, { filter }, { use }, { schema }) => {
        const { nodeId, ...plain } = filter ?? {};
        const row = nodeId && rowOf(accessIn(schema), nodeId);
        return use(auditEventService).list({ ...plain, row });
      },
    }),
  }));
}

function rowOf(access: ColumnAccess, { typename, id }: { typename: string; id: string }) {
  const relation = access.tableOf(typename);
  if (relation === undefined) throw problems.BAD_USER_INPUT('The global id is not of a row.');
  return { relation, id };
}
