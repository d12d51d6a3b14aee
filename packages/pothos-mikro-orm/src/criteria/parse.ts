import {
  type Dictionary,
  type EntityMetadata,
  type EntityProperty,
  type MetadataStorage,
  type Platform,
  Utils,
} from '@mikro-orm/core';
import { hasColumns, isToMany, isToOne, type Relation, relationOf } from '../sql/relation.ts';
import { ComparisonParser, isComparison, isObject, isPlain } from './comparison.ts';
import { all, type Condition, everything, negated, type RelatedCondition } from './condition.ts';
import type { Shape } from './shape.ts';

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
  #related: RelatedCondition[] = [];
  readonly #metadata: MetadataStorage;
  readonly #comparisons: ComparisonParser;
  readonly #shape: Shape;

  constructor(metadata: MetadataStorage, platform: Platform, shape: Shape) {
    this.#metadata = metadata;
    this.#comparisons = new ComparisonParser(platform, shape);
    this.#shape = shape;
  }

  /** The conditions on related rows that were parsed since the last time: their targets' filters have yet to be added. */
  takeRelated(): readonly RelatedCondition[] {
    const taken = this.#related;
    this.#related = [];
    return taken;
  }

  /**
   * @param converted whether custom types were applied to the values already, as MikroORM does with its filters
   * @throws Error for a condition through a polymorphic relation, and for one on no property of the entity
   */
  parse(entity: EntityMetadata, where: unknown, converted = false): Condition {
    if (where === null || where === undefined) return everything;
    if (Array.isArray(where) && where.some(isPlain)) return this.parse(entity, { $or: where }, converted);
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
      const properties = entity.properties as Properties;
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (key === '$and' || key === '$or') {
        const of = asArray(value).map((part) => this.parse(entity, part, converted));
        shape.key += of.length;
        parts.push(key === '$and' ? all(of) : { kind: 'any', of });
      } else if (key === '$not') parts.push(negated(this.parse(entity, value, converted)));
      else if (isComparison({ [key]: value })) parts.push(this.#key(entity, { [key]: value }, converted));
      else if (property && (isToOne(property) || isToMany(property))) {
        this.#relation(entity, property, value, converted, own, parts);
      } else if (property || key === Utils.getPrimaryKeyHash(entity.primaryKeys)) {
        own[key] = this.#comparisons.column(property, value, converted);
      } else {
        // MikroORM would also take a column's name or an alias, and follow it to rows that no filter guards.
        throw new Error(`${entity.className} has no property "${key}".`);
      }
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
    return { kind: 'own', where: { [name]: this.#comparisons.leaf(property, value, converted) } };
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
        own[property.name] = this.#comparisons.leaf(property, key, converted);
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
        return [this.#quantified(relation, 'size', everything, size)];
      }
      default:
        throw new Error(`$some, $none, $every, $size and $all can't be mixed with "${operator}".`);
    }
  }

  #quantified(
    relation: Relation,
    quantifier: RelatedCondition['quantifier'],
    matches: Condition,
    size?: RelatedCondition['size'],
  ): RelatedCondition {
    this.#shape.key += `~${quantifier}`;
    const condition: RelatedCondition = {
      kind: 'related',
      relation,
      quantifier,
      matches,
      visible: { condition: everything },
      ...(size ? { size } : {}),
    };
    this.#related.push(condition);
    return condition;
  }
}

const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
