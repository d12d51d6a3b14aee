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
  }, 120_000);
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

  test('[TI] somebody of several tenants goes to another of theirs, with the keyboard alone', async () => {
    const { page, complaints } = await open(`http://acme.localhost:${port}/graphql`);
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.textContent');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('member');
    const chosen = page.waitForResponse((response) => response.url().endsWith('/development/token'));
    await page.keyboard.type('consultant');
    await chosen;
    await page.getByRole('navigation', { name: 'Your other tenants' }).getByRole('link').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^Globex .*\(viewer\)$/);
    await page.keyboard.press('Enter');
    await page.waitForURL(`http://globex.localhost:${port}/graphql`);
    await page.waitForFunction("document.querySelector('#member').value === 'consultant@example.com'");
    expect(await page.getByLabel('You are').inputValue()).toBe('consultant@example.com');
    expect(complaints).toEqual([]);
  });

  test('[RI] operations run and tabs open with the keyboard alone', async () => {
    const { page } = await open(`http://acme.localhost:${port}/graphql`);
    const tabUntil = async (condition: string) => {
      for (let presses = 0; !(await page.evaluate(condition)); presses++) {
        if (presses > 50) throw new Error(`Tab never gets where ${condition}.`);
        await page.keyboard.press('Tab');
      }
    };
    await tabUntil("document.activeElement.textContent === 'OpenInvoices'");
    await page.keyboard.press('Enter');
    await page.locator('.graphiql-query-editor .view-lines', { hasText: 'OpenInvoices' }).waitFor();
    await tabUntil("document.activeElement.closest('.graphiql-query-editor') !== null");
    // GraphiQL runs nothing until it knows the operation of a newly opened tab.
    await insist(async () => {
      await page.keyboard.press('Control+Enter');
      const response = page.locator('.graphiql-response .view-lines', { hasText: '"totalCount"' });
      await response.waitFor({ timeout: 2_000 });
    });
  });

  test('[RI PR] a subscription shows an invoice when somebody issues it', async () => {
    const { page } = await open(`http://acme.localhost:${port}/graphql`);
    // GraphiQL loses clicks while it renders.
    await insist(async () => {
      await page.getByRole('button', { name: 'InvoiceChanged', exact: true }).click();
      const editor = page.locator('.graphiql-query-editor .view-lines', { hasText: 'subscription' });
      await editor.waitFor({ timeout: 2_000 });
    });
    await insist(async () => {
      const listening = page.waitForResponse(
        (response) => String(response.headers()['content-type']).startsWith('text/event-stream'),
        { timeout: 2_000 },
      );
      await page.getByRole('button', { name: 'Execute query' }).click({ timeout: 2_000 });
      await listening;
    });
    await page.evaluate(ISSUE_A_DRAFT);
    await page.locator('.graphiql-response .view-lines', { hasText: '"ISSUED"' }).waitFor();
    await page.getByRole('button', { name: 'Stop query' }).click();
    await page.getByRole('button', { name: 'Execute query' }).waitFor();
  });
});

/** Tries something until it succeeds; the last failure counts. */
async function insist(attempt: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 10) throw error;
    }
  }
}

/** In the page, whose requests bear the token of whoever is chosen. */
const ISSUE_A_DRAFT = `(async () => {
  const ask = async (query, variables) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) })).json();
  };
  const { data } = await ask('{ invoices(first: 1, filter: { status: [DRAFT] }) { nodes { id } } }');
  const { id } = data.invoices.nodes[0];
  return ask('mutation Issue($id: ID!) { issueInvoice(input: { id: $id }) { invoice { number } } }', { id });
})()`;
