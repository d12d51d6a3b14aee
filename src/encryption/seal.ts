import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** Bytes. Random ones of this length may be used for four thousand million texts under one key (NIST SP 800-38D). */
const IV = 12;
const TAG = 16;

/**
 * Encrypts with AES-256-GCM under a new random IV.
 *
 * @param context where the result belongs; it can be opened nowhere else
 * @returns IV, tag and ciphertext, one after the other
 */
export function seal(key: KeyObject, plain: Buffer, context: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv(ALGORITHM, key, iv, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(context));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** @throws Error when it was sealed with another key, belongs elsewhere, or was altered; the message has no value */
export function open(key: KeyObject, sealed: Buffer, context: string): Buffer {
  if (sealed.length < IV + TAG) throw new Error(`${context}: this is too short to be encrypted.`);
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV + TAG)), decipher.final()]);
  } catch (cause) {
    throw new Error(`${context}: this was encrypted with another key or for another place, or was altered.`, {
      cause,
    });
  }
}
