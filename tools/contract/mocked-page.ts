import type { Ref } from '@graphql-tools/mock';

/** How many rows a page has when nobody says. */
const SIZE = 10;

/**
 * The page of a mocked list that the arguments ask for, forwards or backwards. @graphql-tools/mock has one of these,
 * which knows no `nodes` and whose types are those of another version of GraphQL.
 */
export function mockedPage(rows: readonly Ref[], args: Readonly<Record<string, unknown>>) {
  const { first, last, after, before } = args;
  const placeOf = (cursor: unknown) => rows.findIndex(({ $ref: { key } }) => key === cursor);
  const from = after == null ? 0 : placeOf(after) + 1;
  const to = before == null || placeOf(before) < 0 ? rows.length : placeOf(before);
  const isBackwards = typeof last === 'number';
  const start = isBackwards ? Math.max(from, to - last) : from;
  const end = isBackwards ? to : Math.min(to, from + (typeof first === 'number' ? first : SIZE));
  const nodes = rows.slice(start, end);
  return {
    nodes,
    edges: nodes.map((node) => ({ node, cursor: node.$ref.key })),
    totalCount: rows.length,
    pageInfo: {
      startCursor: nodes.at(0)?.$ref.key ?? null,
      endCursor: nodes.at(-1)?.$ref.key ?? null,
      hasNextPage: end < rows.length,
      hasPreviousPage: start > 0,
    },
  };
}
