import { sendNodeResponse } from '@whatwg-node/server';
import { type Door, headersOf, serverContextOf, urlOf } from './door.ts';
import { type EventStreamOptions, sendEvents } from './event-stream.ts';
import type { Yoga } from './yoga.ts';

/** Every request that the short door does not take: through Yoga's own HTTP layer. */
export function createYogaDoor(yoga: Yoga, events: EventStreamOptions): Door {
  return async (exchange) => {
    const { req, res } = exchange;
    // Without a body: the lifecycle reads that from the socket itself, under its limit, whichever door it came through.
    const request = new yoga.fetchAPI.Request(urlOf(req), {
      method: req.method ?? 'GET',
      headers: headersOf(req),
    });
    const response = await yoga.handle(request, serverContextOf(exchange));
    const { reply } = exchange;
    if (reply && 'results' in reply) {
      if (!res.destroyed) await sendEvents(res, reply, { ...events, ended: exchange.subscription });
    } else await sendNodeResponse(response, res, req, true);
  };
}
