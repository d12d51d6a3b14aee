import type { Browser, Page } from 'playwright-core';

/** GraphiQL in a browser, as somebody uses it who has just started the gateway. */
export interface GraphiqlWindow {
  readonly page: Page;
  /** What the browser complained about: of scripts, styles and addresses that are not allowed, among others. */
  readonly complaints: readonly string[];
  /** Whatever the browser asked for, but for the page's own data. */
  readonly requests: readonly string[];
  become(member: string): Promise<void>;
  /** Runs the example of that name. @returns the reply that is shown */
  run(operation: string): Promise<string>;
}

/** Milliseconds for one try. */
const PATIENCE = 1_500;

const happens = (event: Promise<unknown>) =>
  event.then(
    () => true,
    () => false,
  );

export async function openGraphiql(browser: Browser, url: string): Promise<GraphiqlWindow> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) requests.push(`${request.method()} ${request.url()}`);
  });
  const reply = (timeout = 30_000) =>
    page.waitForResponse(
      (response) => response.request().method() === 'POST' && response.url().endsWith('/graphql'),
      { timeout },
    );
  const schema = reply();
  await page.goto(url);
  await (await schema).finished();

  /** GraphiQL loses clicks while it renders, and runs nothing until it knows the operation of a newly opened tab. */
  async function sendOnce(operation: string): Promise<boolean> {
    const editor = page.locator('.graphiql-query-editor .view-lines', { hasText: operation });
    await page.getByRole('button', { name: operation, exact: true }).click();
    if (!(await happens(editor.waitFor({ timeout: PATIENCE })))) return false;
    const sent = happens(reply(PATIENCE));
    await page.getByRole('button', { name: 'Execute query' }).click();
    return sent;
  }

  return {
    page,
    complaints,
    requests,
    async become(member) {
      const token = page.waitForResponse((response) => response.url().endsWith('/development/token'));
      await page.selectOption('#member', member);
      await token;
    },
    async run(operation) {
      for (let tries = 0; !(await sendOnce(operation)); tries++) {
        if (tries > 10) throw new Error(`GraphiQL does not run ${operation}.`);
      }
      // The same button stops what runs.
      await page.getByRole('button', { name: 'Execute query' }).waitFor();
      const shown = page.locator('.graphiql-response .view-lines');
      await shown
        .getByText(/"data"|"errors"/)
        .first()
        .waitFor();
      // The editor writes spaces that do not break.
      return (await shown.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
    },
  };
}
