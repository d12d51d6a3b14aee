import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineEntity, defineModule, identity, p } from '../../../src/module.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { moduleWith } from '../migrate/fleet.ts';

const BadgeSchema = defineEntity({
  name: 'Badge',
  schema: '*',
  properties: {
    ...identity(),
    holder: p.string(),
    pin: p.string().hidden(),
    salary: p.integer(),
  },
});
class Badge extends BadgeSchema.class {}
BadgeSchema.setClass(Badge);

const badges = (migrations: URL) =>
  defineModule({
    name: 'badges',
    entities: [Badge],
    migrations,
    permissions: { 'badges:read': ['owner', 'admin'], 'badges:salary': ['owner'] },
    types(builder) {
      builder.entityNode(Badge, {
        permission: 'badges:read',
        fields: (t) => ({
          holder: t.expose('holder'),
          salary: t.expose('salary', { permission: 'badges:salary' }),
        }),
      });
      builder.mutationFields((t) => ({
        addBadge: t.boolean({
          permission: 'badges:read',
          resolve: async (_root, _args, { em }) => {
            em.create(Badge, { holder: 'Ada', pin: '1815', salary: 7_000 });
            await em.flush();
            return true;
          },
        }),
      }));
    },
  });

let gateway: TestGateway;
let cleanUp: (() => void) | undefined;
beforeAll(async () => {
  const sql = `create table badge (id uuid primary key, version int not null default 1, holder text, pin text, salary int)`;
  const { migrations } = moduleWith({ '0001_badges.sql': sql }, (work) => {
    cleanUp = work;
  });
  gateway = await startGateway({ modules: [badges(migrations)], tenants: ['north'] });
  await gateway.ask({ tenant: 'north', query: 'mutation { addBadge }' });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  cleanUp?.();
});

const QUERY = '{ auditEvents(filter: { relation: "badge" }) { nodes { new } } }';

test.each([
  ['owner', { holder: 'Ada', salary: 7_000 }],
  ['admin', { holder: 'Ada' }],
])('[AZ DS] the %s sees the columns that they may see, hidden ones never', async (as, columns) => {
  const reply = await gateway.ask({ tenant: 'north', as, query: QUERY });
  expect(reply.body.data).toEqual({
    auditEvents: { nodes: [{ new: { id: expect.any(String), version: 1, ...columns } }] },
  });
  expect(reply.text).not.toContain('1815');
});
