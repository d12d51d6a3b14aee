import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

type Encoding = 'br' | 'gzip' | 'identity';

/** GraphiQL, whole: its scripts, styles and fonts are in the page, and nothing is loaded from anywhere. */
export interface GraphiqlPage {
  send(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

const BAR = readFileSync(new URL('./bar.html', import.meta.url), 'utf8');
const BAR_SCRIPT = readFileSync(new URL('./bar.js', import.meta.url), 'utf8');
const ROOT = '<div id="root"></div>';

/** Nine megabytes: best compression would take half a minute and save a tenth. */
const compress: Record<Encoding, (html: Buffer) => Promise<Buffer>> = {
  br: (html) => promisify(brotliCompress)(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: promisify<Buffer, Buffer>(gzip),
  identity: async (html) => html,
};

/**
 * Makes the page, in which each example is a tab. It is the same for all tenants: where it is, it asks there.
 *
 * The library is loaded here and not before: no production process has it in its memory.
 */
export async function createPage(examples: readonly string[]): Promise<GraphiqlPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const rendered = renderGraphiQL({
    title: 'GraphiQL',
    defaultTabs: examples.map((query) => ({ query })),
    defaultEditorToolsVisibility: false,
    shouldPersistHeaders: false,
    subscriptionsProtocol: 'SSE',
  });
  // Line ends as the browser's parser makes them, or the scripts would have other digests there.
  const [head = '', tail = ''] = split(rendered.replaceAll(/\r\n?/g, '\n'), ROOT);
  const html = Buffer.from(`${head}${BAR}<script>${BAR_SCRIPT}</script>${ROOT}${tail}`);
  const policy = contentSecurityPolicy([BAR_SCRIPT, scriptIn(tail)]);
  const etag = `"${digest(html).slice(0, 27)}"`;
  const bodies = new Map<Encoding, Promise<Buffer>>();

  return {
    async send({ headers }, res) {
      res.setHeader('cache-control', 'private, no-cache');
      res.setHeader('content-security-policy', policy);
      res.setHeader('vary', 'accept, accept-encoding');
      res.setHeader('etag', etag);
      if (headers['if-none-match'] === etag) {
        res.writeHead(304).end();
        return;
      }
      const encoding = encodingFor(headers['accept-encoding']);
      const body = bodies.get(encoding) ?? compress[encoding](html);
      bodies.set(encoding, body);
      const sent = await body;
      res.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        ...(encoding !== 'identity' && { 'content-encoding': encoding }),
        'content-length': sent.length,
      });
      res.end(sent);
    },
  };
}

function encodingFor(accepted: string | string[] = ''): Encoding {
  const names = String(accepted).split(/\s*,\s*/);
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : 'identity';
}

/** What GraphiQL needs and nothing else: these two scripts, styles that its editor makes, its editor's workers. */
function contentSecurityPolicy(scripts: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map((script) => `'sha256-${digest(script)}'`).join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    'worker-src blob:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The script's text itself holds the tags of others: the first begins it, the last ends it. */
function scriptIn(html: string): string {
  return html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  if (at < 0) throw new Error('GraphiQL has no place to be: its library changed.');
  return [text.slice(0, at), text.slice(at + separator.length)];
}

const digest = (data: string | Buffer) => createHash('sha256').update(data).digest('base64');
