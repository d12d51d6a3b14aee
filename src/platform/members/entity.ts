import { defineEntity, p } from '../../module.ts';

const MemberSchema = defineEntity({
  name: 'Member',
  schema: 'insula_access',
  tableName: 'platform_member',
  properties: {
    /** The subject of their tokens. */
    id: p.text().primary(),
    roles: p.array(),
    addedAt: p.datetime(),
  },
});

/** Somebody who may enter the tenant; over a view of the catalog that shows the active tenant's own alone. */
export class Member extends MemberSchema.class {}
MemberSchema.setClass(Member);
