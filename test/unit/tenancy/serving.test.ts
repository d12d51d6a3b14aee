import { expect, it } from 'vitest';
import { servable } from '../../../src/tenancy/serving.ts';

const expected = { version: 7, hash: 'seven' };
const current = { status: 'active', schemaVersion: 7, schemaHash: 'seven', migrationFailed: false } as const;

it.each([
  ['the schema that is expected', current, 'active'],
  ['one that is ahead', { ...current, schemaVersion: 8, schemaHash: 'eight' }, 'active'],
  ['one that is behind', { ...current, schemaVersion: 6, schemaHash: 'six' }, 'migrating'],
  ['as many, but other migrations', { ...current, schemaHash: 'other' }, 'migrating'],
  ['a migration that failed', { ...current, migrationFailed: true }, 'migrating'],
  [
    'a failed migration of a schema ahead',
    { ...current, schemaVersion: 8, migrationFailed: true },
    'migrating',
  ],
  ['a suspended tenant', { ...current, status: 'suspended' as const }, 'suspended'],
  [
    'a suspended one that is behind',
    { ...current, status: 'suspended' as const, schemaVersion: 1 },
    'suspended',
  ],
])('[TI] with %s', (_, tenant, state) => {
  expect(servable(tenant, expected)).toBe(state);
});
