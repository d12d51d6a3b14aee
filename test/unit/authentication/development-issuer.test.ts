import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAuthenticator } from '../../../src/authentication/authenticator.ts';
import { createDevelopmentIssuer } from '../../../src/authentication/development-issuer.ts';

let parent: string;
let directory: string;
const logger = pino({ level: 'silent' });

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'insula-issuer-'));
  directory = join(parent, 'keys');
});

afterEach(() => rmSync(parent, { recursive: true }));

it('[AN] makes tokens that the authenticator believes', async () => {
  const development = await createDevelopmentIssuer({ directory });
  const authenticator = createAuthenticator({ issuers: [development.issuer], logger });
  const token = await development.sign({
    subject: 'vera',
    tenant: 'acme',
    expiresIn: 60,
    claims: { name: 'Vera' },
  });
  expect(await authenticator.verify(`Bearer ${token}`)).toMatchObject({ subject: 'vera', tenant: 'acme' });
  const late = createAuthenticator({
    issuers: [development.issuer],
    clock: () => new Date(Date.now() + 70_000),
    logger,
  });
  await expect(late.verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

it('[AN] claims of the caller can not replace its own', async () => {
  const development = await createDevelopmentIssuer({ directory });
  const authenticator = createAuthenticator({ issuers: [development.issuer], logger });
  const claims = { sub: 'root', iss: 'elsewhere', aud: 'elsewhere', exp: 1, tenant: 'globex' };
  const token = await development.sign({ subject: 'vera', tenant: 'acme', expiresIn: 60, claims });
  expect(await authenticator.verify(`Bearer ${token}`)).toMatchObject({ subject: 'vera', tenant: 'acme' });
});

it('[AN] keeps its key, so that tokens outlive a restart', async () => {
  const first = await createDevelopmentIssuer({ directory });
  const token = await first.sign({ subject: 'vera', expiresIn: 60 });
  const second = await createDevelopmentIssuer({ directory });
  expect(second.jwks()).toEqual(first.jwks());
  const authenticator = createAuthenticator({ issuers: [second.issuer], logger });
  expect(await authenticator.verify(`Bearer ${token}`)).toMatchObject({ subject: 'vera' });
});

it('[DS] the key is readable by its owner alone, and never published', async () => {
  const development = await createDevelopmentIssuer({ directory });
  const files = readdirSync(directory);
  expect(files).toEqual(['issuer.jwk']);
  expect(statSync(join(directory, 'issuer.jwk')).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const { d } = JSON.parse(readFileSync(join(directory, 'issuer.jwk'), 'utf8'));
  expect(d).toMatch(/^[\w-]{43}$/);
  expect(JSON.stringify([development.jwks(), development.issuer])).not.toContain(d);
  expect(development.jwks().keys[0]).toEqual({
    kty: 'EC',
    crv: 'P-256',
    x: expect.any(String),
    y: expect.any(String),
    kid: expect.any(String),
    alg: 'ES256',
    use: 'sig',
  });
});

it('[AN] many first starts at once agree on one key, and leave nothing else', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => createDevelopmentIssuer({ directory })));
  expect(new Set(all.map((each) => JSON.stringify(each.jwks()))).size).toBe(1);
  expect(readdirSync(directory)).toEqual(['issuer.jwk']);
});

it('[AN] two installations do not believe each other', async () => {
  const mine = await createDevelopmentIssuer({ directory });
  const theirs = await createDevelopmentIssuer({ directory: join(parent, 'other') });
  const authenticator = createAuthenticator({ issuers: [mine.issuer], logger });
  const token = await theirs.sign({ subject: 'vera', expiresIn: 60 });
  await expect(authenticator.verify(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

it('[AN] a file that is no key is an error that says which', async () => {
  await createDevelopmentIssuer({ directory });
  writeFileSync(join(directory, 'issuer.jwk'), '{ "kty": ');
  await expect(createDevelopmentIssuer({ directory })).rejects.toThrow(join(directory, 'issuer.jwk'));
});
