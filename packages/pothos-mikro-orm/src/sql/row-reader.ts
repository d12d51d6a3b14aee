import type { Edge, Level } from '../selection/level.ts';
import { cursorOf, type LoadedRow, rowPrototype } from '../selection/loaded-row.ts';
import type { Reader } from './columns.ts';
import type { Waiting } from './statement.ts';

/** Where the parts of a row are in its JSON array. */
export interface RowCells {
  readonly columns: readonly (readonly [name: string, read: Reader])[];
  readonly relations: readonly (readonly [slot: string, at: number, read: RelationReader])[];
  /** Relations that other statements load: the cells of their keys. */
  readonly waits: readonly (readonly [edge: Edge, places: readonly number[]])[];
  /** The text of the order columns, in a page. */
  readonly cursorAt: number | undefined;
}

type RelationReader = (json: unknown, waiting: Waiting[]) => unknown;

/** Makes a row of the cells of its JSON array. */
export type RowReader = (cells: readonly unknown[], waiting: Waiting[]) => LoadedRow;

/**
 * The reader of a level's rows. It is compiled, as MikroORM compiles its hydrators: all rows of a level then have one
 * hidden class with the properties in it, and each property's reader can be inlined (a third of a loop's time).
 */
export function rowReader(level: Level, { columns, relations, waits, cursorAt }: RowCells): RowReader {
  const values = new Map<string, unknown>([
    ['prototype', rowPrototype(level)],
    ['cursorOf', cursorOf],
  ]);
  const put = (value: unknown): string => {
    const name = `v${values.size}`;
    values.set(name, value);
    return name;
  };
  const statements = [
    ...columns.map(([name, read]) => `this[${JSON.stringify(name)}] = ${put(read)}(cells);`),
    ...relations.map(([slot, at, read]) => `this.${slot} = ${put(read)}(cells[${at}], waiting);`),
    ...waits.map(([edge, places]) => {
      const key = places.map((at) => `cells[${at}]`).join(', ');
      return `this.${edge.slot} = undefined; waiting.push({ edge: ${put(edge)}, row: this, key: [${key}] });`;
    }),
    ...(cursorAt === undefined ? [] : [`this[cursorOf] = cells[${cursorAt}];`]),
  ];
  const compile = new Function(
    ...values.keys(),
    `function Row(cells, waiting) { ${statements.join(' ')} }
    Row.prototype = prototype;
    return (cells, waiting) => new Row(cells, waiting);`,
  );
  return compile(...values.values()) as RowReader;
}
