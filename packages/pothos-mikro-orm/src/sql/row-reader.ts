import type { Level } from '../selection/level.ts';
import { cursorOf, LoadedRow, levelOf } from '../selection/loaded-row.ts';
import type { Reader } from './columns.ts';

/** Makes a row of the cells of its JSON array. */
export type RowReader = (cells: readonly unknown[]) => LoadedRow;

/**
 * The reader of a level's rows. It is compiled, as MikroORM compiles its hydrators: all rows of a level then have one
 * hidden class with the properties in it, and each property's reader can be inlined (a third of a loop's time).
 *
 * @param readers what each property is read by, under its name
 * @param cursorAt the cell with the text of the order columns, in a page
 */
export function rowReader(
  level: Level,
  readers: readonly (readonly [name: string, read: Reader])[],
  cursorAt: number | undefined,
): RowReader {
  const statements = readers.map(([name], i) => `this[${JSON.stringify(name)}] = read${i}(cells);`);
  if (cursorAt !== undefined) statements.push(`this[cursorOf] = cells[${cursorAt}];`);
  const names = readers.map((_reader, i) => `read${i}`);
  const compile = new Function(
    'prototype',
    'cursorOf',
    ...names,
    `function Row(cells) { ${statements.join(' ')} }
    Row.prototype = prototype;
    return (cells) => new Row(cells);`,
  );
  const prototype: object = Object.create(LoadedRow.prototype, { [levelOf]: { value: level } });
  return compile(prototype, cursorOf, ...readers.map(([, read]) => read)) as RowReader;
}
