import {
  type Dictionary,
  type EntityProperty,
  isRaw,
  type Platform,
  QueryHelper,
  raw,
  Utils,
} from '@mikro-orm/core';
import type { Shape } from './shape.ts';

const comparisons = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$like', '$ilike', '$re']);
const lists = new Set(['$in', '$nin']);

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
    if (Array.isArray(value)) return this.#list(property, '$in', value, converted);
    if (isRaw(value) || Utils.isEntity(value, true) || hasSymbols(value)) {
      shape.reusable = false;
      return value;
    }
    if (!isPlain(value)) {
      shape.key += '=';
      return this.#hole(property, undefined, value, converted);
    }
    return Object.assign(
      {},
      ...Object.entries(value).map(([operator, operand]: [string, unknown]) => {
        shape.key += operator;
        if (lists.has(operator) && Array.isArray(operand))
          return this.#list(property, operator, operand, converted);
        const scalar = operand !== null && (typeof operand !== 'object' || operand instanceof Date);
        if (!comparisons.has(operator) || !scalar) return { [operator]: this.#verbatim(operand) };
        return { [operator]: this.#hole(property, operator, operand, converted) };
      }),
    );
  }

  /** Lists are padded with their last item to a power of two, so that few lengths make few statements. */
  #list(
    property: EntityProperty | undefined,
    operator: string,
    items: readonly unknown[],
    converted: boolean,
  ): Dictionary {
    const size = items.length === 0 ? 0 : 2 ** Math.ceil(Math.log2(items.length));
    this.#shape.key += `[${size}]`;
    if (
      items.some((item) => item === null || isRaw(item) || Utils.isEntity(item, true) || Array.isArray(item))
    ) {
      return { [operator]: this.#verbatim(items) };
    }
    const padded = Array.from({ length: size }, (_, i) => items[Math.min(i, items.length - 1)]);
    return { [operator]: padded.map((item) => this.#hole(property, operator, item, converted)) };
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
