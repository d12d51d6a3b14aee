/** The media types that a reply can have. */
export type ReplyType = 'application/json' | 'application/graphql-response+json' | typeof EVENT_STREAM;

/** GraphQL over SSE: the results of a subscription, and of anything else for clients that accept only this. */
export const EVENT_STREAM = 'text/event-stream';

interface Wish {
  readonly type: string;
  readonly quality: number;
}

/**
 * Chooses the media type of the reply from an `Accept` header, as GraphQL over HTTP has it: what the client wants
 * most, the first one where it wants several as much, `application/json` where it doesn't care. A stream of events
 * carries a single result only where nothing else is accepted.
 *
 * @returns undefined when nothing that the client accepts can be sent.
 */
export function negotiate(accept: string | undefined): ReplyType | undefined {
  if (accept === undefined || accept === '*/*' || accept.trim() === '') return 'application/json';
  if (accept === 'application/json' || accept === 'application/graphql-response+json') return accept;
  let best: { readonly reply: ReplyType; readonly quality: number } | undefined;
  for (const { type, quality } of wishes(accept)) {
    const reply = replyFor(type);
    if (reply && quality > (best?.quality ?? 0)) best = { reply, quality };
  }
  return best?.reply ?? (wishes(accept).some(({ type }) => type === EVENT_STREAM) ? EVENT_STREAM : undefined);
}

/**
 * Whether a client asks for `application/json` by name, and so for what GraphQL over HTTP says of it: 200 for a document
 * or variables at fault, because such a client couldn't tell a GraphQL server's 400 from a proxy's. Who takes whatever
 * comes (`curl`) is told the status.
 */
export function wantsPlainJson(accept: string | undefined): boolean {
  return (
    accept !== undefined && /application\/json/i.test(accept) && negotiate(accept) === 'application/json'
  );
}

/** Whether the client can read a stream of events. */
export function acceptsEvents(accept: string | undefined): boolean {
  return accept === undefined || wishes(accept).some(({ type }) => EVENT_TYPES.has(type));
}

const EVENT_TYPES = new Set([EVENT_STREAM, 'text/*', '*/*']);

function replyFor(type: string): ReplyType | undefined {
  if (type === 'application/graphql-response+json') return type;
  return type === 'application/json' || type === 'application/*' || type === '*/*'
    ? 'application/json'
    : undefined;
}

function wishes(accept: string): Wish[] {
  return accept.split(',').flatMap((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const values = new Map(parameters.map((parameter) => splitOnce(parameter, '=')));
    const charset = values.get('charset') ?? 'utf-8';
    const quality = Number(values.get('q') ?? 1);
    // Replies are UTF-8; who asks for something else doesn't accept them.
    return unquoted(charset) === 'utf-8' && quality > 0 ? [{ type, quality }] : [];
  });
}

export function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at + separator.length).trim()];
}

export function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
