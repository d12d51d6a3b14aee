import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { loginPassword, loginUrl, openerKey, signOperation } from '../../../src/database/keys.ts';

const master = Buffer.alloc(32, 1);
const operation = {
  id: '00000000-0000-4000-8000-000000000001',
  actor: 'user:ada',
  name: 'renameBook',
  requestId: 'r-1',
};

describe('keys', () => {
  test('[SI] each login and the opener have secrets of their own, which another master key changes', () => {
    const secrets = [master, Buffer.alloc(32, 2)].flatMap((key) => [
      ...(['owner', 'gateway', 'directory', 'worker'] as const).map((login) => loginPassword(key, login)),
      openerKey(key).toString('base64url'),
    ]);
    expect(new Set(secrets).size).toBe(10);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(loginPassword(master, 'gateway')).toBe(loginPassword(Buffer.alloc(32, 1), 'gateway'));
  });

  test.each([
    ['postgresql://postgres:x@db.example:6432/app?sslmode=require', 'db.example', 6432],
    ['postgres://localhost/app', 'localhost', 5432],
    ['postgresql://u:p@%2Ftmp%2Frun:5433/app', '/tmp/run', 5433],
  ])('[SI] a login’s address is %s with its name and password', (url, host, port) => {
    const client = new pg.Client({
      connectionString: loginUrl(url, master, 'gateway').replace('sslmode=require', ''),
    });
    expect([client.user, client.host, client.port, client.database]).toEqual([
      'insula_gateway',
      host,
      port,
      'app',
    ]);
    expect(client.password).toBe(loginPassword(master, 'gateway'));
  });

  test('[SI] an address that can carry no login is refused', () => {
    expect(() => loginUrl('postgresql:///app?host=/tmp', master, 'gateway')).toThrow(/host/);
  });

  test('[TA] the signature covers every argument', () => {
    const key = openerKey(master);
    const mac = signOperation(key, 't_1', operation, 1_700_000_000);
    const message = 't_1\n00000000-0000-4000-8000-000000000001\nuser:ada\nrenameBook\nr-1\n1700000000';
    expect(mac).toEqual(createHmac('sha256', key).update(message).digest());
    const others = [
      signOperation(openerKey(Buffer.alloc(32, 9)), 't_1', operation, 1_700_000_000),
      signOperation(key, 't_2', operation, 1_700_000_000),
      signOperation(key, 't_1', operation, 1_700_000_001),
      ...(['id', 'actor', 'name', 'requestId'] as const).map((member) =>
        signOperation(key, 't_1', { ...operation, [member]: `${operation[member]}x` }, 1_700_000_000),
      ),
    ];
    for (const other of others) expect(other.equals(mac)).toBe(false);
  });

  test('[TA] padded as the database does it, the digest is the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), (bytes, actor) => {
        const key = Buffer.from(bytes);
        const pad = (value: number) => Buffer.concat([key, Buffer.alloc(32)]).map((byte) => byte ^ value);
        const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
        const message = Buffer.from(
          ['t_1', operation.id, actor, operation.name, operation.requestId, 7].join('\n'),
        );
        const expected = sha256(pad(0x5c), sha256(pad(0x36), message));
        expect(signOperation(key, 't_1', { ...operation, actor }, 7)).toEqual(expected);
      }),
    );
  });
});
