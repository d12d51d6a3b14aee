import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setSecurityHeaders } from './headers.ts';

/** Something beside the API that is read with GET. */
export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** @returns a page, made anew at each request. */
export type PageHandler = () => Page | Promise<Page>;

/** Pages by their path; no path stands for any other. */
export type Pages = Readonly<Record<string, PageHandler>>;

export interface HealthOptions {
  /** Whether requests can be served: the database answers, the catalog is known. */
  readonly ready: () => boolean | Promise<boolean>;
}

/**
 * What an orchestrator asks: `/livez` (is the process worth keeping?) and `/readyz` (shall it get requests?). They tell
 * strangers yes or no, and nothing else.
 */
export function healthPages({ ready }: HealthOptions): Pages {
  return {
    '/livez': () => textPage(200, 'alive'),
    '/readyz': async () => {
      try {
        if (await ready()) return textPage(200, 'ready');
      } catch {
        // Why is in the log of whoever failed.
      }
      return textPage(503, 'not ready');
    },
  };
}

export interface MetricsSource {
  readonly contentType: string;
  render(): Promise<string>;
}

/** `/metrics`, for Prometheus. */
export function metricsPages({ contentType, render }: MetricsSource): Pages {
  return { '/metrics': async () => ({ status: 200, contentType, body: await render() }) };
}

function textPage(status: number, text: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}

/** Sends a page to whoever reads; anything but GET and HEAD is refused. */
export async function sendPage(
  handler: PageHandler,
  { method }: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') {
    res.writeHead(405, { allow: 'GET, HEAD', 'content-length': '0' }).end();
    return;
  }
  const { status, contentType, body } = await handler();
  res.writeHead(status, { 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)) });
  res.end(method === 'HEAD' ? undefined : body);
}

/** Serves pages and nothing else. */
export function pageListener(pages: Pages): RequestListener {
  return (req, res) => {
    setSecurityHeaders(res);
    const page = pages[(req.url ?? '').split('?', 1)[0] ?? ''];
    if (!page) res.writeHead(404, { 'content-length': '0' }).end();
    else sendPage(page, req, res).catch(() => res.writeHead(503, { 'content-length': '0' }).end());
  };
}
