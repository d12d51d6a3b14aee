import { splitAtCommas } from './migrations-statements.ts';

/** The types of columns before a migration, as `format_type` writes them, by `table.column`. */
export type ColumnTypes = ReadonlyMap<string, string>;

interface Rule {
  readonly pattern: RegExp;
  /** @returns what is lost or refused; undefined when nothing is */
  say(groups: Readonly<Record<string, string>>, types: ColumnTypes): string | undefined;
}

const IN_TABLE = '^alter table (?:if exists )?"(?<table>[^"]+)" ';
const rule = (pattern: string, say: Rule['say']): Rule => ({ pattern: new RegExp(pattern, 'is'), say });

const RULES: readonly Rule[] = [
  rule(
    '^drop table (?:if exists )?"(?<table>[^"]+)"',
    ({ table }) => `the table ${table} is dropped, with all its rows`,
  ),
  rule(
    `${IN_TABLE}drop column (?:if exists )?"(?<column>[^"]+)"`,
    ({ table, column }) => `${table}.${column} is dropped, with all its values`,
  ),
  rule(
    `${IN_TABLE}rename column "(?<column>[^"]+)" to "(?<to>[^"]+)"`,
    ({ table, column, to }) => `${table}.${column} becomes ${to}: the release before finds it no longer`,
  ),
  rule(
    `${IN_TABLE}alter column "(?<column>[^"]+)" type (?<type>.+?)(?: using .*)?$`,
    ({ table, column, type = '' }, types) => {
      const before = types.get(`${table}.${column}`) ?? 'unknown';
      return isWider(before, type) ? undefined : `${table}.${column} is narrowed from ${before} to ${type}`;
    },
  ),
  rule(
    `${IN_TABLE}alter column "(?<column>[^"]+)" set not null`,
    ({ table, column }) => `${table}.${column} may be null no longer: it fails where a row has no value`,
  ),
  rule(
    `${IN_TABLE}add (?:column )?"(?<column>[^"]+)" (?!.* default )(?!.* generated ).* not null(?: |$)`,
    ({ table, column }) => `${table}.${column} is not null and has no default: it fails where there are rows`,
  ),
];

/**
 * Names what statements of a migration would destroy, or what keeps the release before from running on: a line for each.
 *
 * @param types of the columns as they are before the migration
 */
export function findDestruction(statements: readonly string[], types: ColumnTypes): string[] {
  return statements.flatMap(clausesOf).flatMap((statement) =>
    RULES.flatMap(({ pattern, say }) => {
      const groups = pattern.exec(statement)?.groups;
      return (groups && say(groups, types)) ?? [];
    }),
  );
}

/** `alter table "a" drop column "b", drop column "c"` does two things. */
function clausesOf(statement: string): string[] {
  const [, head, body] = /^(alter table (?:if exists )?"[^"]+" )(.*)$/is.exec(statement) ?? [];
  if (head === undefined || body === undefined) return [statement];
  return splitAtCommas(body).map((clause) => head + clause);
}

const INTEGERS = ['smallint', 'int', 'bigint'];

/** Whether every value of one type fits into the other. What is not known for certain is not. */
function isWider(before: string, after: string): boolean {
  const [from, to] = [parse(before), parse(after)];
  if (from.name === 'varchar' && to.name === 'text') return true;
  if (INTEGERS.includes(from.name) && INTEGERS.includes(to.name)) {
    return INTEGERS.indexOf(to.name) >= INTEGERS.indexOf(from.name);
  }
  if (from.name !== to.name) return false;
  const [size = Infinity, scale = 0] = to.sizes;
  const [sizeBefore = Infinity, scaleBefore = 0] = from.sizes;
  return size - scale >= sizeBefore - scaleBefore && scale >= scaleBefore;
}

function parse(type: string): { readonly name: string; readonly sizes: readonly number[] } {
  const [, name = '', sizes = ''] = /^([^(]*?) *(?:\(([^)]*)\))?$/.exec(type.trim().toLowerCase()) ?? [];
  const short = { 'character varying': 'varchar', integer: 'int' }[name] ?? name;
  return { name: short, sizes: sizes === '' ? [] : sizes.split(',').map(Number) };
}
