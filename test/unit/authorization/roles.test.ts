import { describe, expect, it } from 'vitest';
import { createPrincipal } from '../../../src/authorization/principal.ts';
import { rolePermissions } from '../../../src/authorization/roles.ts';

const modules = [
  { name: 'customers', permissions: { 'customers:read': ['owner', 'viewer'], 'customers:write': ['owner'] } },
  { name: 'invoices', permissions: { 'invoices:read': ['owner', 'accountant', 'viewer'] } },
  { name: 'greetings' },
];

describe('what roles permit', () => {
  const permissions = rolePermissions(modules);

  it.each([
    [['owner'], ['customers:read', 'customers:write', 'invoices:read']],
    [['viewer'], ['customers:read', 'invoices:read']],
    [
      ['accountant', 'viewer'],
      ['customers:read', 'invoices:read'],
    ],
    [['stranger'], []],
    [['OWNER'], []],
    [['stranger', 'accountant'], ['invoices:read']],
    [[], []],
    [['__proto__', 'constructor'], []],
  ])('[AZ] %j', (roles, expected) => {
    expect([...permissions.of(roles)].sort()).toEqual(expected);
  });

  it('[AZ] the permissions that exist are known', () => {
    expect([...permissions.known].sort()).toEqual(['customers:read', 'customers:write', 'invoices:read']);
  });

  it('[AZ] a permission belongs to one module', () => {
    const twice = [...modules, { name: 'other', permissions: { 'invoices:read': ['stranger'] } }];
    expect(() => rolePermissions(twice)).toThrow(
      'Both "invoices" and "other" declare the permission "invoices:read".',
    );
  });

  it('[AZ] what is public can not be given away', () => {
    expect(() => rolePermissions([{ name: 'odd', permissions: { public: ['owner'] } }])).toThrow('"public"');
  });

  it('[AZ] a principal may what their roles permit, and what is public', () => {
    const principal = createPrincipal({
      subject: 'vera',
      tenant: 't_aaaaaaaaaaaaaaaa',
      roles: ['viewer'],
      rolePermissions: permissions,
    });
    expect(principal.actor).toBe('user:vera');
    expect(principal.may('invoices:read')).toBe(true);
    expect(principal.may('public')).toBe(true);
    expect(principal.may('customers:write')).toBe(false);
    expect(principal.may('no such permission')).toBe(false);
  });
});
