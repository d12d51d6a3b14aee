import { describe, expect, it } from 'vitest';
import { tenancySettings } from '../../../src/tenancy/settings.ts';

describe('tenancy settings', () => {
  it('[TI] without settings every source is heard, under localhost', () => {
    expect(tenancySettings.parse({})).toEqual({
      INSULA_TENANT_SOURCES: ['subdomain', 'domain', 'path', 'header', 'claim'],
      INSULA_BASE_DOMAINS: ['localhost'],
      INSULA_CATALOG_HEARTBEAT: 250,
      INSULA_CATALOG_OVERDUE: 750,
    });
  });

  it('[TI] lists are separated by commas, domains in lower case', () => {
    const parsed = tenancySettings.parse({
      INSULA_TENANT_SOURCES: 'header, claim',
      INSULA_BASE_DOMAINS: 'SaaS.example,,gateway',
    });
    expect(parsed.INSULA_TENANT_SOURCES).toEqual(['header', 'claim']);
    expect(parsed.INSULA_BASE_DOMAINS).toEqual(['saas.example', 'gateway']);
  });

  it.each([
    { INSULA_TENANT_SOURCES: 'cookie' },
    { INSULA_TENANT_SOURCES: ',' },
    { INSULA_BASE_DOMAINS: '' },
    { INSULA_BASE_DOMAINS: 'https://saas.example' },
    { INSULA_CATALOG_HEARTBEAT: 'soon' },
    { INSULA_CATALOG_OVERDUE: '0' },
  ])('[TI] %j is refused', (environment) => {
    const [name] = Object.keys(environment);
    expect(tenancySettings.safeParse(environment).error?.issues[0]?.path[0]).toBe(name);
  });
});
