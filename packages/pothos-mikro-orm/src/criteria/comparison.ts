import {
  type Dictionary,
  type EntityProperty,
  isRaw,
  type Platform,
  QueryHelper,
  raw,
  Utils,
} from '@mikro-orm/core';
import { type KeyPart, keyLeaves, keyPartsOf } from '../sql/key-parts.ts';
import { asksForNull, isIncomparable } from './incomparable.ts';
import type { Shape } from './shape.ts';

const comparisons = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$like', '$ilike', '$re']);
const lists = new Set(['$in', '$nin']);
/** Operators between conditions, which have no place within one. */
const structural = new Set(['$and', '$or', '$some', '$none', '$every', '$size']);

/** Takes the conditions on columns apart: operators belong to the shape, operands are values to be bound. */
export class ComparisonParser {
  readonly #platform: Platform;
  readonly #shape: Shape;

  constructor(platform: Platform, shape: Shape) {
    this.#platform = platform;
    this.#shape = shape;
  }

  /** A condition on one column, as MikroORM's `where` has it. */
  column(property: EntityProperty | undefined, value: unknown, converted: boolean): unknown {
    if (property && isIncomparable(property) && !asksForNull(value)) {
      throw new Error(`"${property.name}" can't be compared: its values mean nothing to the database.`);
    }
    if (property?.kind === 'embedded' && !property.object && isPlain(value) && !hasSymbols(value)) {
      this.#shape.key += '(';
      const inner = Object.entries(value).map(([name, item]) => {
        this.#shape.key += `${JSON.stringify(name)}:`;
        const child = (property.embeddedProps as Dictionary<EntityProperty>)[name];
        return [name, this.column(child, item, converted)] as const;
      });
      this.#shape.key += ')';
      return Object.fromEntries(inner);
    }
    if (!property || property.kind === 'embedded' || property.customType?.constructor.name === 'JsonType') {
      return this.#verbatim(value); // a path into JSON: the path is SQL, and the value decides its cast
    }
    return this.leaf(property, value, converted);
  }

  /** A comparison of one column: the operators belong to the shape, the operands are holes. */
  leaf(property: EntityProperty | undefined, value: unknown, converted: boolean): unknown {
    const shape = this.#shape;
    if (value === null || value === undefined) {
      shape.key += '∅';
      return null;
    }
    const key = property && keyPartsOf(property);
    if (key && isKey(key, value)) return this.#key(key, value, converted);
    if (Array.isArray(value)) return { $in: this.#operand(property, '$in', value, converted) };
    if (isRaw(value) || Utils.isEntity(value, true) || hasSymbols(value)) {
      shape.reusable = false;
      return value;
    }
    if (!isPlain(value)) {
      shape.key += '=';
      return this.#hole(property, undefined, value, converted);
    }
    return Object.fromEntries(
      Object.entries(value).map(([operator, operand]) => {
        shape.key += operator;
        return [operator, this.#operand(property, operator, operand, converted)];
      }),
    );
  }

  /**
   * @throws Error for what would be no comparison of this column: MikroORM's query builder can take a nested object for
   * a way to other rows, which no filter would guard
   */
  #operand(
    property: EntityProperty | undefined,
    operator: string,
    operand: unknown,
    converted: boolean,
  ): unknown {
    if (operator === '$not' && isPlain(operand)) return this.leaf(property, operand, converted);
    const items = Array.isArray(operand) ? operand.flat() : [operand];
    if (!operator.startsWith('$') || structural.has(operator) || items.some(isPlain)) {
      throw new Error(`"${property?.name ?? 'A column'}" can't be compared by "${operator}" with that.`);
    }
    if (lists.has(operator)) {
      if (Array.isArray(operand)) return this.#list(property, operand, operator, converted);
      if (!isObject(operand)) throw new Error(`"${operator}" takes a list.`);
    }
    const scalar = operand !== null && (typeof operand !== 'object' || operand instanceof Date);
    return comparisons.has(operator) && scalar
      ? this.#hole(property, operator, operand, converted)
      : this.#verbatim(operand);
  }

  /** The several columns of a composite key, each by its own type. */
  #key(parts: readonly KeyPart[], value: readonly unknown[], converted: boolean): unknown {
    this.#shape.key += '=()';
    const values = value.flat(Infinity);
    return keyLeaves(parts).map((leaf, i) => this.#hole(leaf, undefined, values[i], converted));
  }

  /** Lists are padded with their last item to a power of two, so that few lengths make few statements. */
  #list(
    property: EntityProperty | undefined,
    items: readonly unknown[],
    operator: string,
    converted: boolean,
  ): unknown {
    const size = items.length === 0 ? 0 : 2 ** Math.ceil(Math.log2(items.length));
    this.#shape.key += `[${size}]`;
    const odd = (item: unknown) =>
      item === null || isRaw(item) || Utils.isEntity(item, true) || Array.isArray(item);
    if (items.some(odd)) return this.#verbatim(items);
    const padded = Array.from({ length: size }, (_, i) => items[Math.min(i, items.length - 1)]);
    return padded.map((item) => this.#hole(property, operator, item, converted));
  }

  #hole(
    property: EntityProperty | undefined,
    operator: string | undefined,
    value: unknown,
    converted: boolean,
  ): unknown {
    const bound =
      property?.customType && !converted
        ? QueryHelper.processCustomType(property, value as never, this.#platform, operator, true)
        : value;
    return raw('?', [this.#shape.hole(bound)]);
  }

  /** A value that decides the SQL: it belongs to the key. */
  #verbatim(value: unknown): unknown {
    if (isObject(value) && (isRaw(value) || Utils.isEntity(value, true) || !isJson(value)))
      this.#shape.reusable = false;
    else this.#shape.constant(value);
    return value;
  }
}

/** One composite key, and no list of them. */
const isKey = (parts: readonly KeyPart[], value: unknown): value is readonly unknown[] =>
  Array.isArray(value) &&
  value.length === parts.length &&
  parts.every(({ parts: inner }, i) => (inner ? isKey(inner, value[i]) : isScalar(value[i])));

const isScalar = (value: unknown): boolean =>
  value !== null && value !== undefined && (typeof value !== 'object' || value instanceof Date);

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
export const isPlain = (value: unknown): value is Dictionary<unknown> => Utils.isPlainObject(value);
/** Raw fragments as keys are symbols, which `Object.keys` does not tell: a condition must not get lost. */
const hasSymbols = (value: unknown): boolean =>
  isPlain(value) && Object.getOwnPropertySymbols(value).length > 0;

/** `{ $gt: 1, $lt: 5 }`: of one column. */
export const isComparison = (value: object): boolean => {
  const keys = Reflect.ownKeys(value);
  return keys.length > 0 && keys.every((key) => comparisons.has(String(key)) || lists.has(String(key)));
};

/** Whether a key made by JSON.stringify tells the value from every other. */
const isJson = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.every(isJson)
    : isPlain(value)
      ? Reflect.ownKeys(value).every((key) => typeof key === 'string') && Object.values(value).every(isJson)
      : !isObject(value) && value !== undefined;
