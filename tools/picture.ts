// Makes docs/images/graphiql.png of a gateway that runs: `npm start` in one terminal, `npm run picture` in another.
import { mkdirSync } from 'node:fs';
import { launchBrowser } from '../test/support/browser.ts';
import { openGraphiql } from '../test/support/graphiql.ts';

const [address = 'http://acme.localhost:4000/graphql'] = process.argv.slice(2);

mkdirSync('docs/images', { recursive: true });
const browser = await launchBrowser();
try {
  const { page, become, run } = await openGraphiql(browser, address);
  await become('accountant@acme.example');
  await run('OpenInvoices');
  // Scroll bars are shown for a moment, and what the mouse rests on says what it is.
  await page.locator('#tenant').click();
  await page.waitForTimeout(2_000);
  await page.screenshot({ path: 'docs/images/graphiql.png', animations: 'disabled' });
} finally {
  await browser.close();
}
