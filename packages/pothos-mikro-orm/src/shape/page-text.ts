import type { Rows } from '../criteria/rows.ts';
import { quote, type Sql } from '../sql/fragment.ts';
import { objectPieces, type Piece, sql, textOf } from './json-text.ts';
import type { EdgeMember, InfoMember, PageMember, PageShape, RowShape } from './shape.ts';

/** The parts of a page, each for the rows under an alias. */
export interface PageParts {
  alias(): string;
  row(shape: RowShape, alias: string): Sql;
  /** The text of the row's cursor. */
  cursor(alias: string): Sql;
  count(): Sql;
  from(alias: string): Sql;
}

/**
 * SQL for a connection's JSON. The rows, one more than the page has, become arrays (of edges, of nodes, of cursors), in a
 * subquery; around it the page is cut from them.
 */
export function pagePieces({ members }: PageShape, rows: Rows, parts: PageParts): Sql {
  if (members.every(({ kind }) => kind === 'constant' || kind === 'total')) {
    return textOf(objectPieces(members, (member) => countOnly(member, parts)));
  }
  const alias = parts.alias();
  const page = quote(parts.alias());
  const arrays: Sql[] = [];
  /** An array with an element for each row, by its name outside. */
  const arrayOf = (element: Sql): string => {
    arrays.push(sql('array_agg(', element, `) as "a${arrays.length}"`));
    return `${page}."a${arrays.length - 1}"`;
  };
  const cut = new PageCut(rows, page);
  let cursors: string | undefined;
  const cursorArray = () => (cursors ??= arrayOf(parts.cursor(alias)));
  // In the order of the text: what stands inside the subquery comes after what stands around it.
  const text = textOf(
    objectPieces(members, (member): readonly Piece[] => {
      switch (member.kind) {
        case 'constant':
          return [member.json];
        case 'total':
          return [parts.count()];
        case 'nodes':
          return ['[', cut.joined(arrayOf(parts.row(member.shape, alias))), ']'];
        case 'edges':
          return ['[', cut.joined(arrayOf(edgeText(member.members, parts, alias))), ']'];
        case 'info':
          return objectPieces(member.members, (info) => cut.info(info, cursorArray));
      }
    }),
  );
  const counted = [...arrays.flatMap((array) => [array, ', ']), 'count(*)::int as "k"'];
  return sql(
    'select ',
    text,
    ' from (select ',
    ...counted,
    ' from (',
    parts.from(alias),
    `) as ${quote(alias)}) as ${page}`,
  );
}

function countOnly(member: PageMember, parts: PageParts): readonly Piece[] {
  return [member.kind === 'constant' ? member.json : parts.count()];
}

function edgeText(members: readonly EdgeMember[], parts: PageParts, alias: string): Sql {
  return textOf(
    objectPieces(members, (member): readonly Piece[] => {
      if (member.kind === 'constant') return [member.json];
      if (member.kind === 'cursor') return ['"', parts.cursor(alias), '"'];
      return [parts.row(member.shape, alias)];
    }),
  );
}

/** Cuts the page from arrays that hold one row more than it. A page from the end was found from its end. */
class PageCut {
  readonly #page: string;
  readonly #size: Sql;
  readonly #backward: boolean;
  readonly #after: boolean;
  readonly #before: boolean;

  constructor({ limit, page }: Rows, name: string) {
    if (limit === undefined || !page) throw new Error('A page has no size.');
    this.#page = name;
    this.#size =
      typeof limit === 'number'
        ? { text: String(limit - 1), values: [] }
        : { text: '(?::int - 1)', values: [limit] };
    this.#backward = page.backward;
    this.#after = page.after;
    this.#before = page.before;
  }

  joined(array: string): Sql {
    const rows = sql(`${array}[1:`, this.#size, ']');
    const ordered = this.#backward
      ? sql('array(select "x" from unnest(', rows, ') with ordinality as "u"("x", "i") order by "i" desc)')
      : rows;
    return sql('coalesce(array_to_string(', ordered, ", ','), '')");
  }

  info(member: InfoMember, cursors: () => string): readonly Piece[] {
    switch (member.kind) {
      case 'constant':
        return [member.json];
      case 'hasNextPage':
        return [this.#backward ? String(this.#before) : this.#more()];
      case 'hasPreviousPage':
        return [this.#backward ? this.#more() : String(this.#after)];
      case 'startCursor':
        return [this.#cursor(cursors(), this.#backward)];
      case 'endCursor':
        return [this.#cursor(cursors(), !this.#backward)];
    }
  }

  #more(): Sql {
    return sql(`(${this.#page}."k" > `, this.#size, ')::text');
  }

  #cursor(array: string, last: boolean): Sql {
    const size = this.#size;
    const at: Sql = last ? sql(`least(${this.#page}."k", `, size, ')') : { text: '1', values: [] };
    return sql(`coalesce('"' || (${array}[1:`, size, '])[', at, `] || '"', 'null')`);
  }
}
