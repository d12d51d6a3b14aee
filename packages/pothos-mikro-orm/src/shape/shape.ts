import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import type { Edge } from '../selection/level.ts';
import type { ScalarText } from './scalar-text.ts';

/** A row's JSON object: its members, in the order of the reply. */
export interface RowShape {
  readonly members: readonly RowMember[];
}

export type RowMember =
  | Constant
  | ColumnMember
  | { readonly kind: 'id'; readonly key: string; readonly property: EntityProperty; readonly type: string }
  | {
      readonly kind: 'object';
      readonly key: string;
      readonly members: readonly (Constant | ColumnMember)[];
    }
  | {
      readonly kind: 'rows';
      readonly key: string;
      readonly edge: Edge;
      readonly shape: RowShape;
      readonly nullable: boolean;
    }
  | { readonly kind: 'page'; readonly key: string; readonly edge: Edge; readonly shape: PageShape }
  | { readonly kind: 'count'; readonly key: string; readonly edge: Edge };

/** `__typename`. */
export interface Constant {
  readonly kind: 'constant';
  readonly key: string;
  readonly json: string;
}

export interface ColumnMember {
  readonly kind: 'column';
  readonly key: string;
  readonly entity: EntityMetadata;
  readonly property: EntityProperty;
  readonly text: ScalarText;
  readonly nullable: boolean;
}

/** A connection's JSON object. */
export interface PageShape {
  readonly members: readonly PageMember[];
}

export type PageMember =
  | Constant
  | { readonly kind: 'total'; readonly key: string }
  | { readonly kind: 'info'; readonly key: string; readonly members: readonly InfoMember[] }
  | { readonly kind: 'edges'; readonly key: string; readonly members: readonly EdgeMember[] }
  | { readonly kind: 'nodes'; readonly key: string; readonly shape: RowShape };

export type InfoMember =
  | Constant
  | {
      readonly kind: 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor';
      readonly key: string;
    };

export type EdgeMember =
  | Constant
  | { readonly kind: 'cursor'; readonly key: string }
  | { readonly kind: 'node'; readonly key: string; readonly shape: RowShape };

/** What SQL writes for a root field. */
export type Shape =
  | { readonly kind: 'row' | 'list'; readonly shape: RowShape }
  | { readonly kind: 'page'; readonly shape: PageShape };
