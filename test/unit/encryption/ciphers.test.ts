import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { createMasterKeys, type WrappedKey } from '../../../src/encryption/master-keys.ts';
import { TenantCipher } from '../../../src/encryption/tenant-cipher.ts';
import { createTenantCiphers } from '../../../src/encryption/tenant-ciphers.ts';

const ACME = 't_aaaaaaaaaaaaaaaa';
const GLOBEX = 't_bbbbbbbbbbbbbbbb';
const MASTER = Buffer.alloc(32, 1);
const NEXT = Buffer.alloc(32, 2);

describe('a tenant’s cipher', () => {
  const key = createSecretKey(randomBytes(32));
  const cipher = new TenantCipher(ACME, key);

  test.each(['', 'CHE-114.587.923', 'Zürich 🏔', 'x'.repeat(100_000)])(
    '[DS] gives back what it sealed',
    (plain) => {
      const sealed = cipher.seal(plain, 'customer|tax_id');
      expect(sealed).toMatch(/^v1:[\w-]+$/);
      expect(cipher.open(sealed, 'customer|tax_id')).toBe(plain);
    },
  );

  test('[DS] seals the same text differently each time', () => {
    const sealed = Array.from({ length: 100 }, () => cipher.seal('same', 'customer|tax_id'));
    expect(new Set(sealed).size).toBe(100);
  });

  test('[DS] opens nothing that was moved to another column, table or tenant, or sealed with another key', () => {
    const sealed = cipher.seal('marked-plain-text', 'customer|tax_id');
    const attempts = [
      () => cipher.open(sealed, 'customer|bank_account'),
      () => cipher.open(sealed, 'supplier|tax_id'),
      () => new TenantCipher(GLOBEX, key).open(sealed, 'customer|tax_id'),
      () => new TenantCipher(ACME, createSecretKey(randomBytes(32))).open(sealed, 'customer|tax_id'),
    ];
    for (const attempt of attempts)
      expect(attempt).toThrow(/was encrypted with another key or for another place/);
  });

  test('[DS] opens nothing that was altered, at whichever byte, cut or never sealed', () => {
    const sealed = cipher.seal('marked', 'customer|tax_id');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => cipher.open(`v1:${altered.toString('base64url')}`, 'customer|tax_id')).toThrow();
    }
    for (const text of ['v1:', 'v1:AAAA', sealed.slice(0, -8), 'marked', 'v2:AAAA', '']) {
      expect(() => cipher.open(text, 'customer|tax_id')).toThrow(/^(?!.*marked)/);
    }
  });

  test('[DS] digests depend on the key', () => {
    const digest = cipher.digest(Buffer.from('request'));
    expect(cipher.digest(Buffer.from('request'))).toEqual(digest);
    const other = new TenantCipher(ACME, createSecretKey(randomBytes(32)));
    expect(other.digest(Buffer.from('request'))).not.toEqual(digest);
  });

  test('[DS] neither printing nor serialising it shows its key', () => {
    const bytes = Buffer.alloc(32, 'marked-key!');
    const marked = new TenantCipher(ACME, createSecretKey(bytes));
    const shown = inspect(marked, { depth: 9, showHidden: true }) + JSON.stringify(marked);
    for (const form of [
      'marked-key',
      bytes.toString('hex').slice(0, 16),
      bytes.toString('base64').slice(0, 16),
    ]) {
      expect(shown).not.toContain(form);
    }
  });
});

describe('master keys', () => {
  const keys = createMasterKeys({ current: MASTER });

  test('[DS] wrap a new key for each tenant, and unwrap it for that tenant alone', () => {
    const wrapped = keys.make(ACME);
    expect(keys.unwrap(ACME, wrapped).export()).toHaveLength(32);
    expect(keys.make(ACME).wrapped).not.toEqual(wrapped.wrapped);
    expect(() => keys.unwrap(GLOBEX, wrapped)).toThrow(/another key or for another place/);
    const forged = { ...wrapped, wrapped: keys.make(ACME).wrapped.subarray(1) };
    expect(() => keys.unwrap(ACME, forged)).toThrow();
  });

  test('[DS] have names that tell one from another and nothing of the key', () => {
    expect(createMasterKeys({ current: MASTER }).current).toBe(keys.current);
    expect(createMasterKeys({ current: NEXT }).current).not.toBe(keys.current);
    expect(keys.current).toMatch(/^[0-9a-f]{12}$/);
    expect(MASTER.toString('hex')).not.toContain(keys.current);
  });

  test('[DS] rewrap: the same data key under the new master key, which the old one no longer opens', () => {
    const old = keys.make(ACME);
    const both = createMasterKeys({ current: NEXT, previous: MASTER });
    const renewed = both.rewrap(ACME, old);
    expect(renewed.master).toBe(both.current);
    const alone = createMasterKeys({ current: NEXT });
    expect(alone.unwrap(ACME, renewed).export()).toEqual(keys.unwrap(ACME, old).export());
    expect(both.unwrap(ACME, old).export()).toEqual(keys.unwrap(ACME, old).export());
    expect(() => keys.unwrap(ACME, renewed)).toThrow(/neither INSULA_MASTER_KEY nor/);
    expect(() => alone.unwrap(ACME, old)).toThrow(/neither INSULA_MASTER_KEY nor/);
  });
});

describe('the ciphers of tenants', () => {
  const masterKeys = createMasterKeys({ current: MASTER });

  test('[DS] a key is loaded and unwrapped once, however many ask at the same time', async () => {
    const key = masterKeys.make(ACME);
    const loadWrappedKey = vi.fn(async () => key);
    const ciphers = createTenantCiphers({ masterKeys, loadWrappedKey });
    const asked = await Promise.all(Array.from({ length: 50 }, () => ciphers.of(ACME)));
    expect(new Set(asked).size).toBe(1);
    await ciphers.of(ACME);
    expect(loadWrappedKey).toHaveBeenCalledTimes(1);
  });

  test('[DS] a failure is not kept', async () => {
    let key: WrappedKey | undefined;
    const ciphers = createTenantCiphers({ masterKeys, loadWrappedKey: async () => key });
    await expect(ciphers.of(ACME)).rejects.toThrow(/has no key/);
    key = masterKeys.make(ACME);
    expect((await ciphers.of(ACME)).tenant).toBe(ACME);
  });

  test('[DS] no more keys than the limit are kept', async () => {
    const loadWrappedKey = vi.fn(async (tenant: string) => masterKeys.make(tenant));
    const ciphers = createTenantCiphers({ masterKeys, loadWrappedKey, limit: 2 });
    for (const tenant of [ACME, GLOBEX, 't_cccccccccccccccc', GLOBEX, ACME]) await ciphers.of(tenant);
    expect(loadWrappedKey.mock.calls.map(([tenant]) => tenant)).toEqual([
      ACME,
      GLOBEX,
      't_cccccccccccccccc',
      ACME,
    ]);
  });
});
