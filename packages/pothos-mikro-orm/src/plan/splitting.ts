import type { EntityProperty } from '@mikro-orm/core';
import type { Edge, Level } from '../selection/level.ts';
import { columnType } from '../sql/column-type.ts';
import { propertyOf } from '../sql/relation.ts';

/** When a relation leaves the statement of its parents. */
export interface SplittingLimits {
  /** A relation of more rows than this, by the product of the limits down to it, is batched. */
  readonly rows: number;
  /** A wide to-one relation of more parents than this is batched. */
  readonly wideParents: number;
  /** What a list counts for whose criteria say no limit: its cap guards, and foretells nothing. */
  readonly unstated: number;
}

/** The figures behind these: `docs/splitting.md`. */
export const defaultLimits: SplittingLimits = { rows: 1000, wideParents: 100, unstated: 10 };

/** How many rows a relation is expected to have of each parent. */
export type Expected = (edge: Edge) => number;

/**
 * Which relations below `level` get a statement of their own. A batch asks for each *distinct* key once: what many
 * parents share is loaded and sent once and not for each of them. That is all that it gains, so one statement is the
 * rule, and a batch is for what can repeat often: many rows, or wide ones. Below a batched relation nothing is decided
 * here: that is done when the number of its parents is known.
 *
 * @param parents how many rows of the level there may be
 */
export function batchedEdges(
  level: Level,
  parents: number,
  expected: Expected,
  limits: SplittingLimits,
): Set<Edge> {
  const batched = new Set<Edge>();
  const visit = ({ edges }: Level, above: number): void => {
    for (const edge of edges.values()) {
      // A number is one value for each parent, however it is asked for.
      if (edge.use.kind === 'count') continue;
      const rows = above * expected(edge);
      if (rows > limits.rows || (above > limits.wideParents && isWideToOne(edge))) batched.add(edge);
      else for (const target of edge.targets) visit(target, rows);
    }
  };
  visit(level, parents);
  return batched;
}

/** As `batchedEdges`, below a relation that is batched itself. */
export function batchedBelow(edge: Edge, parents: number, expected: Expected, limits: SplittingLimits) {
  const rows = parents * expected(edge);
  return new Set(edge.targets.flatMap((target) => [...batchedEdges(target, rows, expected, limits)]));
}

/**
 * Whether the rows of a to-one relation can be large as they are selected. A text may be a name or a novel, the metadata
 * don't tell: MikroORM's `lazy()` marks the novel.
 */
function isWideToOne({ use, targets }: Edge): boolean {
  if (use.relation.many) return false;
  return targets.some(({ entity, columns }) => [...columns].some((name) => isWide(propertyOf(entity, name))));
}

const wideTypes = new Set(['json', 'jsonb', 'bytea', 'xml', 'tsvector']);

function isWide({ lazy, kind, object, array, columnTypes, embeddedProps }: EntityProperty): boolean {
  if (lazy) return true;
  if (kind === 'embedded' && !object && !array) return Object.values(embeddedProps).some(isWide);
  const type = columnType(columnTypes?.[0] ?? '');
  return kind === 'embedded' || type.endsWith('[]') || wideTypes.has(type);
}
