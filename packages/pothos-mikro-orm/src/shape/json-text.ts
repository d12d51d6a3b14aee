import { literal, type Sql } from '../sql/fragment.ts';

/** A piece of JSON: as it is, or the SQL that gives it. */
export type Piece = string | Sql;

/** SQL text of several parts. */
export const sql = (...parts: readonly (string | Sql)[]): Sql => ({
  text: parts.map((part) => (typeof part === 'string' ? part : part.text)).join(''),
  values: parts.flatMap((part) => (typeof part === 'string' ? [] : part.values)),
});

/** SQL that puts pieces of JSON into one text; null where one of them is. */
export function textOf(pieces: readonly Piece[]): Sql {
  const parts: Sql[] = [];
  let constant = '';
  const flush = () => {
    if (constant !== '') parts.push({ text: literal(constant), values: [] });
    constant = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') constant += piece;
    else {
      flush();
      parts.push(piece);
    }
  }
  flush();
  return {
    // Alone, a literal would be of no type.
    text: parts.length === 1 ? `${parts[0]?.text}::text` : parts.map(({ text }) => text).join(' || '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** The pieces of a JSON object. */
export function objectPieces<M extends { readonly key: string }>(
  members: readonly M[],
  value: (member: M) => readonly Piece[],
): Piece[] {
  const inner = members.flatMap((member, i) => [
    `${i === 0 ? '' : ','}${JSON.stringify(member.key)}:`,
    ...value(member),
  ]);
  return ['{', ...inner, '}'];
}

/** SQL for base64url of a text (RFC 4648, without padding). */
export const base64url = (text: Sql): Sql =>
  sql('translate(encode(convert_to(', text, ", 'UTF8'), 'base64'), E'+/=\\n', '-_')");
