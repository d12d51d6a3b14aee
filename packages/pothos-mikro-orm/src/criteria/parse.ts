import {
  type Dictionary,
  type EntityMetadata,
  type EntityProperty,
  isRaw,
  type MetadataStorage,
  type Platform,
  QueryHelper,
  raw,
  Utils,
} from '@mikro-orm/core';
import { hasColumns, isToMany, isToOne, type Relation, relationOf } from '../sql/relation.ts';
import { all, type Condition, everything, negated, type RelatedCondition } from './condition.ts';
import type { Shape } from './shape.ts';

const comparisons = new Set(['$eq', '$ne', '$gt', '$gte', '$lt', '$lte', '$like', '$ilike', '$re']);
const lists = new Set(['$in', '$nin']);
const collections = new Set(['$some', '$none', '$every', '$size', '$all']);
const sizes: Readonly<Record<string, string>> = {
  $eq: '=',
  $ne: '<>',
  $gt: '>',
  $gte: '>=',
  $lt: '<',
  $lte: '<=',
};

type Properties = Dictionary<EntityProperty>;

/** Takes a MikroORM `where` apart, noting its shape and its values. */
export class ConditionParser {
  /** Conditions on related rows, whose targets' filters have yet to be added. */
  readonly related: RelatedCondition[] = [];
  readonly #metadata: MetadataStorage;
  readonly #platform: Platform;
  readonly #shape: Shape;

  constructor(metadata: MetadataStorage, platform: Platform, shape: Shape) {
    this.#metadata = metadata;
    this.#platform = platform;
    this.#shape = shape;
  }

  /**
   * @param converted whether custom types were applied to the values already, as MikroORM does with its filters
   * @throws Error for a condition through a polymorphic relation
   */
  parse(entity: EntityMetadata, where: unknown, converted = false): Condition {
    if (where === null || where === undefined) return everything;
    if (!isPlain(where)) return this.#key(entity, where, converted);
    const shape = this.#shape;
    const own: Record<PropertyKey, unknown> = {};
    const parts: Condition[] = [{ kind: 'own', where: own }];
    shape.key += '{';
    for (const key of Reflect.ownKeys(where)) {
      const value = (where as Record<PropertyKey, unknown>)[key];
      if (typeof key === 'symbol') {
        shape.reusable = false; // a raw fragment
        own[key] = value;
        continue;
      }
      shape.key += `${JSON.stringify(key)}:`;
      const property = (entity.properties as Properties)[key];
      if (key === '$and' || key === '$or') {
        const of = asArray(value).map((part) => this.parse(entity, part, converted));
        shape.key += of.length;
        parts.push(key === '$and' ? all(of) : { kind: 'any', of });
      } else if (key === '$not') parts.push(negated(this.parse(entity, value, converted)));
      else if (comparisons.has(key) || lists.has(key))
        parts.push(this.#key(entity, { [key]: value }, converted));
      else if (property && (isToOne(property) || isToMany(property))) {
        this.#relation(entity, property, value, converted, own, parts);
      } else own[key] = this.#column(property, value, converted);
      shape.key += ';';
    }
    shape.key += '}';
    return all(parts);
  }

  /** The condition that the primary key is the value, or one of the values, or compares so. */
  #key(entity: EntityMetadata, value: unknown, converted: boolean): Condition {
    const [name] = entity.primaryKeys;
    if (
      name === undefined ||
      entity.primaryKeys.length > 1 ||
      (isObject(value) && !Array.isArray(value) && !isPlain(value))
    ) {
      this.#shape.reusable = false; // a composite key or an entity: as MikroORM understands it
      return { kind: 'own', where: { [Utils.getPrimaryKeyHash(entity.primaryKeys)]: value } };
    }
    this.#shape.key += `${name}:`;
    const property = (entity.properties as Properties)[name];
    return { kind: 'own', where: { [name]: this.#leaf(property, value, converted) } };
  }

  #relation(
    entity: EntityMetadata,
    property: EntityProperty,
    value: unknown,
    converted: boolean,
    own: Record<PropertyKey, unknown>,
    parts: Condition[],
  ): void {
    const simple = !isPlain(value) || isComparison(value);
    if (property.polymorphic) {
      if (!simple) {
        throw new Error(
          `${entity.className}.${property.name} leads to several entities: no condition can follow it.`,
        );
      }
      this.#shape.reusable &&= value === null;
      own[property.name] = value;
      return;
    }
    if (hasColumns(property)) {
      const key = simple ? value : this.#keyOf(property, value);
      if (key !== undefined || value === undefined) {
        own[property.name] = this.#leaf(property, key, converted);
        return;
      }
    }
    const relation = relationOf(this.#metadata, entity, property.name);
    if (value === null || value === undefined) parts.push(this.#quantified(relation, 'none', everything));
    else if (isPlain(value) && value.$ne === null) parts.push(this.#quantified(relation, 'some', everything));
    else if (isPlain(value) && Object.keys(value).some((key) => collections.has(key))) {
      for (const operator of Reflect.ownKeys(value)) {
        parts.push(...this.#collection(relation, String(operator), value[String(operator)], converted));
      }
    } else parts.push(this.#quantified(relation, 'joined', this.parse(relation.target, value, converted)));
  }

  /** `{ customer: { id: 7 } }` speaks of the foreign key alone. */
  #keyOf(property: EntityProperty, value: object): unknown {
    const [name, ...others] = property.targetMeta?.primaryKeys ?? [];
    const [key, ...more] = Reflect.ownKeys(value);
    if (name === undefined || others.length > 0 || key !== name || more.length > 0) return undefined;
    const inner = (value as Dictionary)[name] as unknown;
    return !isPlain(inner) || isComparison(inner) ? inner : undefined;
  }

  #collection(relation: Relation, operator: string, operand: unknown, converted: boolean): Condition[] {
    this.#shape.key += operator;
    const parse = (where: unknown) => this.parse(relation.target, where, converted);
    switch (operator) {
      case '$some':
      case '$none':
      case '$every':
        return [
          this.#quantified(
            relation,
            operator === '$some' ? 'some' : operator === '$none' ? 'none' : 'every',
            parse(operand),
          ),
        ];
      case '$all': {
        const each = asArray(operand);
        this.#shape.key += each.length;
        if (each.length === 0) return [{ kind: 'any', of: [] }];
        return each.map((where) => this.#quantified(relation, 'some', parse(where)));
      }
      case '$size': {
        const wanted = Object.entries(isPlain(operand) ? operand : { $eq: operand });
        const size = wanted.map(([name, value]) => {
          const sign = sizes[name];
          if (!sign) throw new Error(`$size does not compare with ${name}.`);
          this.#shape.key += sign;
          return [sign, this.#shape.hole(value)] as const;
        });
        return [{ ...this.#quantified(relation, 'size', everything), size }].map((node) => this.#note(node));
      }
      default:
        throw new Error(`$some, $none, $every, $size and $all can't be mixed with "${operator}".`);
    }
  }

  #quantified(
    relation: Relation,
    quantifier: RelatedCondition['quantifier'],
    matches: Condition,
  ): RelatedCondition {
    this.#shape.key += `~${quantifier}`;
    const node: RelatedCondition = {
      kind: 'related',
      relation,
      quantifier,
      matches,
      visible: { condition: everything },
    };
    return quantifier === 'size' ? node : this.#note(node);
  }

  #note(node: RelatedCondition): RelatedCondition {
    this.related.push(node);
    return node;
  }

  #column(property: EntityProperty | undefined, value: unknown, converted: boolean): unknown {
    if (property?.kind === 'embedded' && !property.object && isPlain(value) && !hasSymbols(value)) {
      this.#shape.key += '(';
      const inner = Object.entries(value).map(([name, item]) => {
        this.#shape.key += `${JSON.stringify(name)}:`;
        const child = (property.embeddedProps as Properties)[name];
        return [name, this.#column(child, item, converted)] as const;
      });
      this.#shape.key += ')';
      return Object.fromEntries(inner);
    }
    if (!property || property.kind === 'embedded' || property.customType?.constructor.name === 'JsonType') {
      return this.#verbatim(value); // a path into JSON: the path is SQL, and the value decides its cast
    }
    return this.#leaf(property, value, converted);
  }

  /** A comparison of one column: the operators belong to the shape, the operands are holes. */
  #leaf(property: EntityProperty | undefined, value: unknown, converted: boolean): unknown {
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

const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isPlain = (value: unknown): value is Dictionary<unknown> => Utils.isPlainObject(value);
/** Raw fragments as keys are symbols, which `Object.keys` does not tell: a condition must not get lost. */
const hasSymbols = (value: unknown): boolean =>
  isPlain(value) && Object.getOwnPropertySymbols(value).length > 0;

/** `{ $gt: 1, $lt: 5 }`: of one column. */
const isComparison = (value: object): boolean => {
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
