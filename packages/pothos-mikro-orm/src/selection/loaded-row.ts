import type { EntityMetadata } from '@mikro-orm/core';
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
}

/** A row that tells interfaces and unions (Pothos asks for it) its type: the name, or the class that stands for it. */
class BrandedRow extends LoadedRow {
  get [typeBrandKey](): unknown {
    return typeNameOf(this) ?? classOf(this);
  }
}

/** The class of a level's rows. */
const rowClass = ({ unbranded }: Level) => (unbranded ? LoadedRow : BrandedRow);

/** A new row of the level. */
export const newRow = (level: Level): LoadedRow => new (rowClass(level))(level);

/** What the rows of a level have in common. */
export const rowPrototype = (level: Level): object =>
  Object.create(rowClass(level).prototype, { [levelOf]: { value: level } });

/** The row as another GraphQL type shows it. */
export function rowAs(row: LoadedRow, level: Level): LoadedRow {
  const copy = newRow(level);
  for (const name of Object.keys(row)) copy[name] = row[name];
  return copy;
}

/** The name of the row's GraphQL type, where its place in the document tells it. */
export const typeNameOf = (row: LoadedRow): string | undefined => row[levelOf].types.get(classOf(row));

/** The property that tells the class of a row, where the entity has several. */
export function discriminatorOf({ root }: EntityMetadata): string | undefined {
  const property = root.discriminatorColumn ?? root.tptDiscriminatorColumn;
  return property === undefined ? undefined : String(property);
}

/** The entity class of a row: where there are several its discriminator says it. */
export function classOf(row: LoadedRow): unknown {
  const { entity } = row[levelOf];
  const column = discriminatorOf(entity);
  return (
    (column === undefined ? undefined : entity.root.discriminatorMap?.[String(row[column])]) ?? entity.class
  );
}

/** Where a row holds what a field node asks for; undefined where it wasn't loaded with it. */
export function slotOf(row: unknown, node: FieldNode | undefined): string | undefined {
  if (!(row instanceof LoadedRow) || !node) return undefined;
  const { edges, repeated } = row[levelOf];
  return edges.get(repeated.get(node) ?? node)?.slot;
}

/** The level of the row's other type that a field node shows; undefined where it wasn't loaded with it. */
export const viewIn = (row: LoadedRow, node: FieldNode | undefined): Level | undefined =>
  node && row[levelOf].views.get(row[levelOf].repeated.get(node) ?? node);

/** A copy of `loaded` with the columns that another row of the same key brings. */
export function withColumns(loaded: LoadedRow, known: LoadedRow): LoadedRow {
  const row = rowAs(loaded, loaded[levelOf]);
  for (const name of known[levelOf].columns) row[name] = known[name];
  return row;
}
