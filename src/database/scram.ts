import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const STORED = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$/;

/**
 * What PostgreSQL stores of a password (RFC 5803). Given to `ALTER ROLE … PASSWORD` in its place, the password never
 * appears in a statement, nor in a log of statements. For passwords in ASCII.
 */
export function scramVerifier(password: string, iterations: number, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** Whether what PostgreSQL stores (`pg_authid.rolpassword`) is of this password. */
export function isPassword(password: string, stored: string | null): boolean {
  const [, iterations, salt] = stored?.match(STORED) ?? [];
  if (!stored || !iterations || !salt) return false;
  const expected = Buffer.from(scramVerifier(password, Number(iterations), Buffer.from(salt, 'base64')));
  const actual = Buffer.from(stored);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
