import { typeBrandKey } from '@pothos/core';
import type { FieldNode } from 'graphql';
import type { Level } from './level.ts';

export const levelOf = Symbol('level');
export const cursorOf = Symbol('cursor');

/** A row as it was loaded: its columns by name, its relations by slot. What it holds, its level tells. */
export class LoadedRow {
  readonly [levelOf]: Level;
  /** The text of each order column, in a page. */
  [cursorOf]: readonly (string | null)[] | undefined;
  /** Columns and slots. */
  [name: string]: unknown;

  constructor(level: Level) {
    this[levelOf] = level;
    this[cursorOf] = undefined;
  }

  /** Tells interfaces and unions (Pothos asks for it) the row's type: its name, or the class that stands for it. */
  get [typeBrandKey](): unknown {
    return this[levelOf].types.get(classOf(this)) ?? classOf(this);
  }
}

/** The entity class of a row: with a single-table inheritance its discriminator says it. */
export function classOf(row: LoadedRow): unknown {
  const { entity } = row[levelOf];
  const { discriminatorColumn, discriminatorMap } = entity.root;
  if (discriminatorColumn === undefined || !discriminatorMap) return entity.class;
  return discriminatorMap[String(row[String(discriminatorColumn)])] ?? entity.class;
}

/** Where a row holds what a field node asks for; undefined where it wasn't loaded with it. */
export function slotOf(row: unknown, node: FieldNode | undefined): string | undefined {
  return row instanceof LoadedRow && node ? row[levelOf].edges.get(node)?.slot : undefined;
}

/** A copy of `loaded` with the columns that another row of the same key brings. */
export function withColumns(loaded: LoadedRow, known: LoadedRow): LoadedRow {
  const row: LoadedRow = Object.assign(Object.create(Object.getPrototypeOf(loaded)), loaded);
  for (const name of known[levelOf].columns) row[name] = known[name];
  return row;
}
