import { existsSync } from 'node:fs';
import pg from 'pg';
import { install } from '../../src/fleet/install.ts';
import type { Module } from '../../src/module.ts';
import { MASTER_KEY } from '../../src/testing/database.ts';
import { makeTenants } from '../../src/testing/tenants.ts';

/** The tenants of the template, each with its members and their roles. Some are members of both. */
const CAST = {
  acme: {
    'owner@acme.example': ['owner'],
    'accountant@acme.example': ['accountant'],
    'viewer@acme.example': ['viewer'],
    'both@example.com': ['admin'],
  },
  globex: { 'owner@globex.example': ['owner'], 'both@example.com': ['viewer'] },
};

/**
 * Makes the database that every test file gets a copy of: installed, with the tenants of the cast, whose schemas have
 * the modules' tables and no rows.
 */
export async function buildTemplate(superuserUrl: string): Promise<string> {
  const template = 'insula_template';
  const url = new URL(superuserUrl);
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`create database ${template}`);
  await admin.end();
  url.pathname = `/${template}`;
  await install({ adminUrl: url.href, masterKey: MASTER_KEY });
  await makeTenants(url.href, await modulesOfThisTree(), CAST);
  return template;
}

/** The reference domain; none in a tree where it was taken away, whose tests of the core pass nevertheless. */
async function modulesOfThisTree(): Promise<readonly Module[]> {
  const reference = new URL('../../src/modules/index.ts', import.meta.url);
  return existsSync(reference) ? (await import(reference.href)).modules : [];
}
