import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { begin, type Running, workingDirectory } from '../integration/cli/command.ts';
import { launchBrowser } from '../support/browser.ts';
import { openGraphiql } from '../support/graphiql.ts';

describe('GraphiQL in a browser', () => {
  let gateway: Running;
  let browser: Browser;
  let port: string;
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const cwd = workingDirectory((work) => cleanUps.push(work));
    gateway = begin(['start'], { cwd, env: { PORT: '0', INSULA_LOG_LEVEL: 'warn' } });
    browser = await launchBrowser();
    await gateway.until(/Ctrl-C/);
    port = /localhost:(\d+)\/graphql/.exec(gateway.stdout)?.[1] ?? '';
  });
  afterAll(async () => {
    await browser.close();
    gateway.signal('SIGTERM');
    await gateway.ended;
    for (const cleanUp of cleanUps) await cleanUp();
  });

  async function open(address: string) {
    const graphiql = await openGraphiql(browser, address);
    onTestFinished(() => graphiql.page.close());
    return graphiql;
  }

  test('[RI AN] an accountant sees data, a viewer is refused, and nothing comes from elsewhere', async () => {
    const origin = `http://acme.localhost:${port}`;
    const graphiql = await open(`${origin}/graphql`);
    expect(await graphiql.page.title()).toBe('Acme AG · GraphiQL');

    await graphiql.become('accountant@acme.example');
    expect(await graphiql.run('WhoAmI')).toContain('"subject": "accountant@acme.example"');
    expect(await graphiql.run('OpenInvoices')).toMatch(/"totalCount": [1-9]/);

    await graphiql.become('viewer@acme.example');
    const refused = await graphiql.run('CreateCustomer');
    expect(refused).toContain('"code": "FORBIDDEN"');
    expect(refused).not.toContain('Alpenblick');

    expect(graphiql.requests.filter((request) => !request.includes(` ${origin}/`))).toEqual([]);
    // The browser's own word for the 403.
    expect(graphiql.complaints).toEqual([expect.stringContaining('status of 403')]);
  });

  test('[TI] at the address of another tenant others can be chosen', async () => {
    const graphiql = await open(`http://localhost:${port}/t/globex/graphql`);
    await graphiql.become('owner@globex.example');
    expect(await graphiql.run('WhoAmI')).toContain('"tenant": "globex"');
    expect(await graphiql.page.locator('#member option', { hasText: 'acme' }).count()).toBe(0);
    expect(graphiql.complaints).toEqual([]);
  });
});
