import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from '../../../src/authentication/authenticator.ts';
import type { RemoteKeyTiming } from '../../../src/authentication/remote-keys.ts';
import { AUDIENCE, type IssuerServer, newKey, startIssuer } from './issuer-server.ts';

let issuer: IssuerServer;

beforeEach(async () => {
  issuer = await startIssuer();
});

afterEach(() => issuer[Symbol.asyncDispose]());

function trusting(timing: RemoteKeyTiming = {}, clock: () => Date = () => new Date()): Authenticator {
  return createAuthenticator({
    issuers: [{ issuer: issuer.url, audience: AUDIENCE, jwksUri: issuer.jwksUri }],
    timing: { cooldown: 0, retryAfter: 0, timeout: 300, ...timing },
    clock,
    logger: pino({ level: 'silent' }),
  });
}

const accepts = (authenticator: Authenticator, token: string) =>
  authenticator.verify(`Bearer ${token}`).then(
    () => true,
    () => false,
  );

/** Another text each time, so that no verified token is remembered. */
const fresh = () => issuer.token({ jti: Math.random() });

describe('rotation', () => {
  it('[AN] a new key is found without a restart, and an old one goes on while it is published', async () => {
    const authenticator = trusting();
    expect(await accepts(authenticator, await fresh())).toBe(true);
    const [old] = issuer.published;
    if (!old) throw new Error('The issuer has no key.');
    const next = await newKey('EdDSA');
    issuer.published = [next, old];
    expect(await accepts(authenticator, await fresh())).toBe(true);
    expect(await accepts(authenticator, await issuer.token({}, { key: old }))).toBe(true);
    expect(issuer.fetches).toBe(2);
  });

  it('[AN] a withdrawn key is refused when the keys are older than their age, a remembered token five minutes later', async () => {
    let now = Date.now();
    const authenticator = trusting({ maxAge: 0 }, () => new Date(now));
    const remembered = await fresh();
    const another = await fresh();
    expect(await accepts(authenticator, remembered)).toBe(true);
    issuer.published = [await newKey()];
    await accepts(authenticator, await fresh());
    await delay(50);
    expect(await accepts(authenticator, another)).toBe(false);
    expect(await accepts(authenticator, remembered)).toBe(true);
    now += 300_000;
    expect(await accepts(authenticator, remembered)).toBe(false);
  });

  it('[AN] made-up key ids make the keys be fetched once, however many there are', async () => {
    const authenticator = trusting({ cooldown: 60_000 });
    expect(await accepts(authenticator, await fresh())).toBe(true);
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, n) => issuer.token({}, { header: { kid: `made-up-${n}` } })),
    );
    for (const token of made) expect(await accepts(authenticator, token)).toBe(false);
    expect(issuer.fetches).toBe(1);
  });

  it('[AN] the first tokens of all share one fetch', async () => {
    const authenticator = trusting();
    const tokens = await Promise.all(Array.from({ length: 50 }, fresh));
    const answers = await Promise.all(tokens.map((token) => accepts(authenticator, token)));
    expect(answers.every(Boolean)).toBe(true);
    expect(issuer.fetches).toBe(1);
  });
});

describe.each(['refusing', 'hanging', 'talking nonsense'] as const)('an issuer that is %s', (mood) => {
  it('[AN] its known keys go on, at once; what needs a new key is refused; it recovers by itself', async () => {
    const authenticator = trusting({ maxAge: 0 });
    expect(await accepts(authenticator, await fresh())).toBe(true);
    issuer.mood = mood;
    const from = performance.now();
    for (let request = 0; request < 20; request++)
      expect(await accepts(authenticator, await fresh())).toBe(true);
    // No request waits for the issuer: each would for seconds.
    expect(performance.now() - from).toBeLessThan(2_000);

    const next = await newKey();
    expect(await accepts(authenticator, await issuer.token({}, { key: next }))).toBe(false);
    issuer.mood = 'well';
    issuer.published = [next];
    await expect.poll(async () => accepts(authenticator, await fresh()), { timeout: 2_000 }).toBe(true);
  });

  it('[AN] from the start: nobody is let in, and nobody has to wait for long', async () => {
    issuer.mood = mood;
    const authenticator = trusting({ retryAfter: 60_000 });
    const from = performance.now();
    for (let request = 0; request < 20; request++)
      expect(await accepts(authenticator, await fresh())).toBe(false);
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(issuer.fetches).toBe(1);
  });
});

it('[AN] an issuer that can not be reached at all: its known keys go on', async () => {
  const authenticator = trusting({ maxAge: 0 });
  const tokens = await Promise.all([fresh(), fresh(), fresh()]);
  expect(await accepts(authenticator, tokens[0] ?? '')).toBe(true);
  await issuer[Symbol.asyncDispose]();
  expect(await accepts(authenticator, tokens[1] ?? '')).toBe(true);
  await delay(20);
  expect(await accepts(authenticator, tokens[2] ?? '')).toBe(true);
});
