import { createServer } from 'node:http';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** How the issuer's address behaves: as it should, refusing, never answering, answering with something else. */
type Mood = 'well' | 'refusing' | 'hanging' | 'talking nonsense';

/** An issuer whose keys can be exchanged and whose address can fail. */
export interface IssuerServer extends AsyncDisposable {
  readonly url: string;
  readonly jwksUri: string;
  /** The keys that are published now. */
  published: readonly IssuerKey[];
  mood: Mood;
  /** Requests for the keys so far. */
  readonly fetches: number;
  /** A token as this issuer makes it; members of `claims` that are undefined are left out. */
  token(claims?: Record<string, unknown>, options?: TokenOptions): Promise<string>;
}

interface TokenOptions {
  /** @default the first published one */
  readonly key?: IssuerKey;
  readonly header?: Partial<JWTHeaderParameters>;
}

export const AUDIENCE = 'insula';

export async function newKey(alg = 'ES256'): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, alg, privateKey, publicKey, publicJwk: { ...jwk, kid, alg, use: 'sig' } };
}

export async function startIssuer(...keys: readonly IssuerKey[]): Promise<IssuerServer> {
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches++;
    const { mood } = issuer;
    if (mood === 'hanging') return;
    if (mood === 'refusing') response.writeHead(503);
    if (mood === 'talking nonsense') response.end('<html>Down for maintenance</html>');
    else response.end(JSON.stringify({ keys: issuer.published.map(({ publicJwk }) => publicJwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The issuer has no port.');
  const url = `http://127.0.0.1:${address.port}`;

  const issuer: IssuerServer = {
    url,
    jwksUri: `${url}/jwks.json`,
    published: keys.length > 0 ? keys : [await newKey()],
    mood: 'well',
    get fetches() {
      return fetches;
    },
    token(claims = {}, { key = issuer.published[0], header = {} } = {}) {
      if (!key) throw new Error('The issuer has no key.');
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: url, aud: AUDIENCE, sub: 'vera', iat: now, exp: now + 600, ...claims };
      return new SignJWT(payload)
        .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
        .sign(key.privateKey);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}
