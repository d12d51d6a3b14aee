import { createHmac } from 'node:crypto';
import { exportSPKI, SignJWT, UnsecuredJWT } from 'jose';
import { OAuth2Server } from 'oauth2-mock-server';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../../src/authentication/authenticator.ts';
import type { Issuer } from '../../../src/authentication/issuers.ts';
import { Problem } from '../../../src/errors/define.ts';
import { AUDIENCE, type IssuerKey, type IssuerServer, newKey, startIssuer } from './issuer-server.ts';

const logger = pino({ level: 'silent' });
let rsa: IssuerKey;
let ec: IssuerKey;
let ed: IssuerKey;
let issuer: IssuerServer;
/** Trusted too, but for `partner` alone, and with another name for the tenant claim. */
let partner: IssuerServer;
let stranger: IssuerServer;
let authenticator: Authenticator;

beforeAll(async () => {
  [rsa, ec, ed] = await Promise.all([newKey('RS256'), newKey('ES256'), newKey('EdDSA')]);
  issuer = await startIssuer(rsa, ec, ed, await newKey('ES256'));
  partner = await startIssuer();
  stranger = await startIssuer();
  authenticator = createAuthenticator({
    issuers: [
      { issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri },
      {
        issuer: partner.url,
        audience: ['other', AUDIENCE],
        jwksUri: partner.jwksUri,
        tenants: ['partner'],
        tenantClaim: 'https://partner.example/org',
      },
    ],
    logger,
  });
});

afterAll(async () => {
  await Promise.all([issuer, partner, stranger].map((server) => server[Symbol.asyncDispose]()));
});

/** What a caller sees of a refusal. */
async function refusal(authorization: string | null, by: Authenticator = authenticator) {
  const error: unknown = await by.verify(authorization).then(
    () => 'accepted',
    (reason: unknown) => reason,
  );
  if (!(error instanceof Problem))
    throw new Error('A token that was to be refused was not.', { cause: error });
  return { message: error.message, extensions: error.extensions, cause: error.cause };
}

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens that are accepted', () => {
  it.each(['RS256', 'ES256', 'EdDSA'])('[AN] one signed with %s, by a key of the remote set', async (alg) => {
    const key = [rsa, ec, ed].find((each) => each.alg === alg);
    const token = await issuer.token({ tenant: 'acme' }, key ? { key } : {});
    expect(await authenticator.verify(`Bearer ${token}`)).toEqual({
      subject: 'vera',
      tenant: 'acme',
      issuer: issuer.url,
      expiresAt: expect.any(Number),
    });
  });

  it('[AN] the scheme in any case, the audience among others, no tenant claim', async () => {
    const token = await issuer.token({ aud: ['somebody', AUDIENCE], tenant: null });
    const verified = await authenticator.verify(`bEARER  ${token} `);
    expect(verified).toMatchObject({ subject: 'vera' });
    expect(verified).not.toHaveProperty('tenant');
  });

  it("[AN] of an issuer that is trusted for some tenants, with its own name for the tenant's claim", async () => {
    const token = await partner.token({ 'https://partner.example/org': 'partner', tenant: 'acme' });
    expect(await authenticator.verify(`Bearer ${token}`)).toMatchObject({
      tenant: 'partner',
      allowedTenants: ['partner'],
    });
  });

  it('[AN] expired less than the clock tolerance ago', async () => {
    const token = await issuer.token({ exp: seconds(-2) });
    expect(await authenticator.verify(`Bearer ${token}`)).toMatchObject({ subject: 'vera' });
  });

  it('[AN] of an issuer that others made', async () => {
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256');
    await server.start(0, '127.0.0.1');
    try {
      const { url = '' } = server.issuer;
      const trusting = createAuthenticator({
        issuers: [{ issuer: url, audience: AUDIENCE, jwksUri: `${url}/jwks` }],
        logger,
      });
      const token = await server.issuer.buildToken({
        scopesOrTransform: (_header, payload) => Object.assign(payload, { sub: 'vera', aud: AUDIENCE }),
      });
      expect(await trusting.verify(`Bearer ${token}`)).toMatchObject({ subject: 'vera', issuer: url });
    } finally {
      await server.stop();
    }
  });
});

describe('requests without a token', () => {
  it.each([null, '', 'Bearer', 'Bearer ', 'Basic dmVyYTpzZWNyZXQ=', 'Token abc', 'Bearer a b', 'Bearerabc'])(
    '[AN] %j is challenged, without a word of an invalid token',
    async (authorization) => {
      const { message, extensions } = await refusal(authorization);
      expect(message).toBe('Send a valid token: Authorization: Bearer <token>.');
      expect(extensions).toEqual({
        code: 'UNAUTHENTICATED',
        http: { status: 401, headers: { 'www-authenticate': 'Bearer realm="insula"' } },
      });
    },
  );
});

describe('tokens that are refused', () => {
  const withClaims = (claims: Record<string, unknown>) => () => issuer.token(claims);
  /** Each with what the log says of it, so that none is refused for another reason than its own. */
  const bad: Record<string, readonly [because: string, token: () => Promise<string> | string]> = {
    'for another audience': ['unexpected "aud"', withClaims({ aud: 'somebody else' })],
    'for no audience': ['missing required "aud"', withClaims({ aud: undefined })],
    'of an issuer that is not trusted': ['issuer is unknown', () => stranger.token()],
    'of no issuer': ['issuer is unknown', withClaims({ iss: undefined })],
    'whose issuer is no text': ['issuer is unknown', withClaims({ iss: ['x'] })],
    'of an issuer with a slash more': ['issuer is unknown', () => issuer.token({ iss: `${issuer.url}/` })],
    "signed by a trusted issuer in another one's name": [
      'no applicable key',
      () => partner.token({ iss: issuer.url }),
    ],
    'that expired': ['"exp" claim timestamp', withClaims({ exp: seconds(-60) })],
    'that never expires': ['missing required "exp"', withClaims({ exp: undefined })],
    'whose expiry is no number': ['"exp" claim must be a number', withClaims({ exp: String(seconds(600)) })],
    'not valid yet': ['"nbf" claim timestamp', withClaims({ nbf: seconds(60) })],
    'without a subject': ['missing required "sub"', withClaims({ sub: undefined })],
    'with an empty subject': ['subject is no name', withClaims({ sub: '' })],
    'whose subject is no text': ['subject is no name', withClaims({ sub: 7 })],
    'whose subject is a list': ['subject is no name', withClaims({ sub: ['vera'] })],
    'whose subject has a line break': ['subject is no name', withClaims({ sub: 'vera\nuser:root' })],
    'whose subject has NUL': ['subject is no name', withClaims({ sub: 'vera\0' })],
    'whose subject has 300 characters': ['subject is no name', withClaims({ sub: 'v'.repeat(300) })],
    'whose tenant is a list': ['"tenant" is no text', withClaims({ tenant: ['acme'] })],
    'that is not signed (alg: none)': [
      'value not allowed',
      () => new UnsecuredJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'vera', exp: seconds(600) }).encode(),
    ],
    'that is not signed (alg: NONE)': [
      'value not allowed',
      () =>
        `${base64url({ alg: 'NONE' })}.${base64url({ iss: issuer.url, aud: AUDIENCE, sub: 'vera', exp: seconds(600) })}.`,
    ],
    'whose signature was taken away': [
      'signature verification failed',
      async () => (await issuer.token()).replace(/[^.]*$/, ''),
    ],
    'signed with HS256 and the public key as the secret': [
      'value not allowed',
      async () => {
        const secret = await exportSPKI(rsa.publicKey);
        const head = base64url({ alg: 'HS256', kid: rsa.kid });
        const body = base64url({ iss: issuer.url, aud: AUDIENCE, sub: 'vera', exp: seconds(600) });
        return `${head}.${body}.${createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url')}`;
      },
    ],
    'signed with HS256 and the published modulus': [
      'value not allowed',
      () =>
        new SignJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'vera', exp: seconds(600) })
          .setProtectedHeader({ alg: 'HS256', kid: rsa.kid })
          .sign(Buffer.from(rsa.publicJwk.n ?? '', 'base64url')),
    ],
    'signed with an algorithm that is not allowed': [
      'value not allowed',
      async () => {
        const key = await newKey('PS256');
        return issuer.token({}, { key: { ...key, kid: rsa.kid } });
      },
    ],
    "whose algorithm is another than its key's": [
      'no applicable key',
      () => issuer.token({}, { key: ec, header: { kid: ed.kid } }),
    ],
    'with an unknown key id': ['no applicable key', () => issuer.token({}, { header: { kid: 'unknown' } })],
    'without a key id where several fit': [
      'multiple matching keys',
      () =>
        new SignJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'vera', exp: seconds(600) })
          .setProtectedHeader({ alg: ec.alg })
          .sign(ec.privateKey),
    ],
    'signed by a key that it brings along': [
      'signature verification failed',
      async () => {
        const own = await newKey();
        return issuer.token({}, { key: own, header: { jwk: own.publicJwk, kid: ec.kid } });
      },
    ],
    'that names the address of its keys': [
      'signature verification failed',
      () => {
        const [key = ec] = stranger.published;
        return issuer.token({}, { key, header: { jku: stranger.jwksUri, kid: ec.kid } });
      },
    ],
    'with an extension that must be understood': [
      'not recognized',
      () => {
        const key = ec;
        return new SignJWT({ iss: issuer.url, aud: AUDIENCE, sub: 'vera', exp: seconds(600) })
          .setProtectedHeader({ alg: key.alg, kid: key.kid, crit: ['exotic'], exotic: 1 })
          .sign(key.privateKey, { crit: { exotic: true } });
      },
    ],
    'whose claims were changed': [
      'signature verification failed',
      async () => {
        const [head, body, signature] = (await issuer.token()).split('.');
        const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString());
        return `${head}.${base64url({ ...claims, sub: 'owner' })}.${signature}`;
      },
    ],
    'of 9,000 characters, though signed well': ['characters', withClaims({ padding: 'p'.repeat(6_600) })],
    'of a megabyte': ['characters', () => 'a'.repeat(1_000_000)],
    'that is no token': ['Invalid JWT', () => 'abc'],
    'of dots': ['must contain a payload', () => '..'],
    'of five parts': ['Compact', () => 'a.b.c.d.e'],
    'that is no JSON inside': [
      'issuer is unknown',
      () => `${Buffer.from('{').toString('base64url')}.${base64url({})}.x`,
    ],
    'whose claims are a list': [
      'Invalid JWT Claims',
      () => `${base64url({ alg: 'ES256' })}.${base64url([])}.x`,
    ],
    'with odd Unicode': ['base64url', () => 'Ünïcödé.\u{1f3dd}.\ud800'],
  };

  it.each(Object.entries(bad))('[AN] one %s', async (_, [because, token]) => {
    const { message, extensions, cause } = await refusal(`Bearer ${await token()}`);
    // The same for all of them; why is for the log alone.
    expect(message).toBe('Send a valid token: Authorization: Bearer <token>.');
    expect(extensions).toEqual({
      code: 'UNAUTHENTICATED',
      http: { status: 401, headers: { 'www-authenticate': 'Bearer realm="insula", error="invalid_token"' } },
    });
    expect(String(cause)).toContain(because);
  });

  it('[AN] one that is cut short, wherever it is cut', async () => {
    const token = await issuer.token();
    await authenticator.verify(`Bearer ${token}`);
    for (let length = 1; length < token.length; length++) {
      expect((await refusal(`Bearer ${token.slice(0, length)}`)).extensions.code).toBe('UNAUTHENTICATED');
    }
  });

  it('[AN] any, where no issuer is configured', async () => {
    const nobody = createAuthenticator({ issuers: [], logger });
    expect((await refusal(`Bearer ${await issuer.token()}`, nobody)).extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('tokens that were verified before', () => {
  const trusted = (): Issuer => ({ issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri });

  it('[AN] are remembered by the whole of their text', async () => {
    const token = await issuer.token();
    const first = await authenticator.verify(`Bearer ${token}`);
    expect(await authenticator.verify(`Bearer ${token}`)).toBe(first);
    // In the middle: the last character of Base64 has bits that mean nothing.
    const [head, body, signature = ''] = token.split('.');
    const other = signature.startsWith('A') ? 'B' : 'A';
    await refusal(`Bearer ${head}.${body}.${other}${signature.slice(1)}`);
    await refusal(`Bearer ${token}.x`);
  });

  it('[AN] are refused from the moment they expire', async () => {
    let now = Date.now();
    const strict = createAuthenticator({
      issuers: [{ ...trusted(), clockTolerance: 0 }],
      clock: () => new Date(now),
      logger,
    });
    const exp = seconds(600);
    const token = await issuer.token({ exp });
    await strict.verify(`Bearer ${token}`);
    now = exp * 1000 - 1;
    await strict.verify(`Bearer ${token}`);
    now = exp * 1000;
    await refusal(`Bearer ${token}`, strict);
  });

  it('[AN] are not remembered without a bound', async () => {
    const small = createAuthenticator({ issuers: [trusted()], cacheSize: 2, logger });
    const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => issuer.token({ sub })));
    const [first] = await Promise.all(tokens.map((token) => small.verify(`Bearer ${token}`)));
    expect(await small.verify(`Bearer ${tokens[2]}`)).toBe(await small.verify(`Bearer ${tokens[2]}`));
    expect(await small.verify(`Bearer ${tokens[0]}`)).not.toBe(first);
  });

  it('[AN] two issuers of one name are a mistake in the settings', () => {
    expect(() => createAuthenticator({ issuers: [trusted(), trusted()], logger })).toThrow(
      'configured twice',
    );
  });
});
