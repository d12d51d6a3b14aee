import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { open, seal } from './seal.ts';

/** The version of the format: how the rest of a sealed text is to be read. */
const PREFIX = 'v1:';

/** Encrypts and decrypts with one tenant's data key, which can't be read out of it. */
export class TenantCipher {
  readonly tenant: string;
  readonly #key: KeyObject;
  readonly #digestKey: KeyObject;

  constructor(tenant: string, key: KeyObject) {
    this.tenant = tenant;
    this.#key = key;
    this.#digestKey = createSecretKey(
      Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'insula digest', 32)),
    );
  }

  /** @param place where the text will stand, such as `customer|tax_id`: moved elsewhere it can't be opened */
  seal(plain: string, place: string): string {
    const sealed = seal(this.#key, Buffer.from(plain), this.#contextOf(place));
    return PREFIX + sealed.toString('base64url');
  }

  /** @throws Error when the text is not sealed, or not by this tenant for this place; the message has no value */
  open(sealed: string, place: string): string {
    const context = this.#contextOf(place);
    if (!sealed.startsWith(PREFIX)) throw new Error(`${context}: this is not encrypted.`);
    return open(this.#key, Buffer.from(sealed.slice(PREFIX.length), 'base64url'), context).toString();
  }

  /** An HMAC: without the key nobody can find the value by trying all that it might be. */
  digest(value: Buffer): Buffer {
    return createHmac('sha256', this.#digestKey).update(value).digest();
  }

  #contextOf(place: string): string {
    return `${this.tenant}|${place}`;
  }
}
