import { badUserInput } from '../errors.ts';
import type { Sizes } from '../selection/field-use.ts';
import { cursorOf, type LoadedRow } from '../selection/loaded-row.ts';
import { encodeCursor } from './cursor.ts';

/** Relay's arguments of a connection. */
export interface PageArguments {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
}

/** Which part of the rows a client wants. */
export interface PageRequest {
  readonly size: number;
  readonly backward: boolean;
  readonly after: string | undefined;
  readonly before: string | undefined;
}

/**
 * Checks a connection's arguments. Nothing is clamped: a client that asks for more than it may have is told so.
 *
 * @throws GraphQLError BAD_USER_INPUT for a negative size, one over the limit, or `first` and `last` together
 */
export function pageRequest(
  { first, last, after, before }: PageArguments,
  { defaultSize, maxSize }: Sizes,
): PageRequest {
  if (typeof first === 'number' && typeof last === 'number') {
    throw badUserInput('Give either "first" or "last", not both.');
  }
  for (const [name, size] of [['first', first] as const, ['last', last] as const]) {
    if (typeof size !== 'number') continue;
    if (size < 0) throw badUserInput(`"${name}" must not be negative.`);
    if (size > maxSize) throw badUserInput(`"${name}" must not be more than ${maxSize}.`);
  }
  return {
    size: first ?? last ?? defaultSize,
    backward: typeof last === 'number',
    after: after ?? undefined,
    before: before ?? undefined,
  };
}

/** What a page's statement gives: one row more than the page has, if there is one. */
export interface LoadedPage {
  readonly rows: readonly LoadedRow[];
  readonly total: number | null;
}

/** What a connection's fields read. */
export interface Page {
  readonly edges: readonly PageEdge[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number | null;
}

/** A row of a page; its cursor is made when it is asked for. */
class PageEdge {
  readonly node: LoadedRow;

  constructor(node: LoadedRow) {
    this.node = node;
  }

  get cursor(): string {
    return encodeCursor(this.node[cursorOf] ?? []);
  }
}

/** Cuts the extra row off and puts the rest in order. */
export function pageOf({ rows: found, total }: LoadedPage, request: PageRequest): Page {
  const { size, backward } = request;
  const more = found.length > size;
  const rows = more ? found.slice(0, size) : [...found];
  if (backward) rows.reverse();
  const edges = rows.map((node) => new PageEdge(node));
  return {
    edges,
    totalCount: total,
    pageInfo: {
      hasNextPage: backward ? request.before !== undefined : more,
      hasPreviousPage: backward ? more : request.after !== undefined,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}
