import { isRaw } from '@mikro-orm/core';
import type { OrderStep, OrderTerm } from '../criteria/order.ts';
import type { Bound } from '../criteria/rows.ts';
import { type Compilation, column } from './compilation.ts';
import { formula } from './formula.ts';
import { quote, type Sql } from './fragment.ts';

/** `order by …`, or nothing. */
export function orderSql(compilation: Compilation, order: readonly OrderTerm[], alias: string): Sql {
  if (order.length === 0) return { text: '', values: [] };
  const parts = order.map((term) => {
    const { text, values } = termSql(compilation, term, alias);
    // The default, unsaid, lets PostgreSQL use an ordinary index.
    const nulls = term.nullsFirst === term.down ? '' : term.nullsFirst ? ' nulls first' : ' nulls last';
    return { text: `${text}${term.down ? ' desc' : ''}${term.nullable ? nulls : ''}`, values };
  });
  return {
    text: ` order by ${parts.map(({ text }) => text).join(', ')}`,
    values: parts.flatMap(({ values }) => values),
  };
}

/** The expression of one term: a column of the row, or of a visible row that it leads to. */
export function termSql(compilation: Compilation, term: OrderTerm, alias: string): Sql {
  const [step, ...path] = term.path;
  if (step) return throughRelation(compilation, step, { ...term, path }, alias);
  const { by, entity } = term;
  if (isRaw(by)) return { text: by.sql.replaceAll('[::alias::]', quote(alias)), values: by.params };
  const text = by.formula
    ? formula(compilation.em, entity, by, alias)
    : column(alias, String(by.fieldNames[0]));
  return { text, values: [] };
}

function throughRelation(
  compilation: Compilation,
  { relation, visible }: OrderStep,
  term: OrderTerm,
  own: string,
): Sql {
  const target = compilation.alias();
  const expression = termSql(compilation, term, target);
  const on: Sql = { text: relation.on(target, own), values: [] };
  const { text, values } = compilation.select(relation.target, target, expression, [on, visible]);
  return { text: `(${text})`, values };
}

/**
 * Rows beyond a bound: (a, b) beyond (x, y) is a > x or (a = x and b > y), each in its own direction, with nulls where
 * the order puts them.
 */
export function boundSql(compilation: Compilation, { order, values }: Bound, alias: string): Sql {
  const parts = order.map((term, i) => {
    const expression = termSql(compilation, term, alias);
    return { term, expression, value: values[i] ?? null };
  });
  const alternatives = parts.flatMap((part, i) => {
    const beyond = isBeyond(part);
    if (!beyond) return [];
    const all = [...parts.slice(0, i).map(isEqual), beyond];
    return {
      text: `(${all.map(({ text }) => text).join(' and ')})`,
      values: all.flatMap((sql) => sql.values),
    };
  });
  if (alternatives.length === 0) return { text: '(1 = 0)', values: [] };
  return {
    text: `(${alternatives.map(({ text }) => text).join(' or ')})`,
    values: alternatives.flatMap((sql) => sql.values),
  };
}

interface Part {
  readonly term: OrderTerm;
  readonly expression: Sql;
  readonly value: unknown;
}

const isEqual = ({ expression, value }: Part): Sql =>
  value === null
    ? { text: `${expression.text} is null`, values: expression.values }
    : { text: `${expression.text} = ?`, values: [...expression.values, value] };

function isBeyond({ term, expression, value }: Part): Sql | undefined {
  const { down, nullsFirst, nullable } = term;
  const { text, values } = expression;
  if (value === null) return nullsFirst ? { text: `${text} is not null`, values } : undefined;
  const further: Sql = { text: `${text} ${down ? '<' : '>'} ?`, values: [...values, value] };
  if (!nullable || nullsFirst) return further;
  return { text: `(${further.text} or ${text} is null)`, values: [...further.values, ...values] };
}
