import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { EXAMPLE, readCompose } from '../support/compose.ts';

const SECRETS = {
  INSULA_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
  POSTGRES_PASSWORD: 'superuser',
  GRAFANA_PASSWORD: 'grafana',
};
const { services, volumes } = readCompose({ ...EXAMPLE, ...SECRETS });
const entries = Object.entries(services);
const insula = entries.filter(([, { image }]) => image === 'insula');

describe('compose.yaml', () => {
  test('[RI] has two gateways, a worker, what they need and what watches them', () => {
    expect(Object.keys(services).toSorted()).toEqual([
      'gateway-a',
      'gateway-b',
      'grafana',
      'install',
      'migrate',
      'pgbouncer',
      'pooler-users',
      'postgres',
      'prometheus',
      'worker',
    ]);
    expect(services['gateway-a']?.environment).toEqual(services['gateway-b']?.environment);
  });

  test.each(Object.keys(SECRETS))('[SM] does not start without %s', (name) => {
    expect(() => readCompose({ ...EXAMPLE, ...SECRETS, [name]: '' })).toThrow(name);
    expect(EXAMPLE[name]).toBe('');
  });

  test.each(insula)(
    '[RI] %s is given settings that there are, and those that production demands',
    (name, service) => {
      const settings = () =>
        readSettings(
          service.environment ?? {},
          /gateway|worker/.test(name) ? 'production' : 'development',
          name === 'worker' ? 'worker' : 'gateway',
        );
      expect(settings).not.toThrow();
    },
  );

  test('[SM] the superuser’s password is given to those who need it', () => {
    const holders = entries.filter(([, service]) =>
      JSON.stringify(service).includes(SECRETS.POSTGRES_PASSWORD),
    );
    expect(holders.map(([name]) => name)).toEqual(['postgres', 'install', 'pooler-users']);
  });

  test('[SM] nothing is open to other machines: TLS comes in front', () => {
    for (const [, { ports = [] }] of entries) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    }
  });

  test.each(entries)(
    '[RI] %s waits for services that there are, until they have what it needs',
    (_, service) => {
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        const { healthcheck } = services[name] ?? {};
        if (condition === 'service_healthy') expect(healthcheck?.test).toBeDefined();
        else expect([condition, healthcheck?.disable]).toEqual(['service_completed_successfully', true]);
      }
    },
  );

  test.each(entries)(
    '[RI] %s has a pinned image, a health check or an end, and files that are there',
    (_, service) => {
      if (!service.image.startsWith('insula')) expect(service.image).toMatch(/:v?\d+[\d.]*(-\w+)?$/);
      expect(service.healthcheck?.test ?? service.healthcheck?.disable).toBeTruthy();
      expect(service.restart).toBe(service.healthcheck?.disable ? 'on-failure:3' : 'unless-stopped');
      for (const volume of service.volumes ?? []) {
        const [from = ''] = volume.split(':');
        expect(from.startsWith('./') ? existsSync(from) : from in volumes).toBe(true);
      }
    },
  );

  test('[RI] who has accepted something is given the time to end it', () => {
    const seconds = (name: string) => Number.parseInt(services[name]?.stop_grace_period ?? '0', 10) * 1000;
    const defaults = readSettings({}, 'development');
    expect(seconds('gateway-a')).toBeGreaterThan(defaults.INSULA_DRAIN_TIMEOUT);
    expect(seconds('worker')).toBeGreaterThan(defaults.INSULA_JOB_TIMEOUT);
  });

  test('[DO] PgBouncer has room for all connections that gateways and workers may open', () => {
    const ini = readFileSync('deploy/pgbouncer/pgbouncer.ini', 'utf8');
    const setting = (name: string) => Number(new RegExp(`^${name} = (\\d+)$`, 'm').exec(ini)?.[1]);
    const { INSULA_MAX_CONNECTIONS, INSULA_JOB_CONCURRENCY } = readSettings({}, 'development');
    expect(setting('max_client_conn')).toBeGreaterThan(2 * INSULA_MAX_CONNECTIONS + INSULA_JOB_CONCURRENCY);
    const maximum = /max_connections=(\d+)/.exec(services.postgres?.command?.join(' ') ?? '')?.[1];
    expect(setting('default_pool_size')).toBeLessThan(Number(maximum) / 2);
    expect(ini).toMatch(/^pool_mode = transaction$/m);
  });
});
