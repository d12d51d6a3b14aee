const synonyms: Readonly<Record<string, string>> = {
  bigint: 'int8',
  bigserial: 'int8',
  serial8: 'int8',
  int: 'int4',
  integer: 'int4',
  serial: 'int4',
  serial4: 'int4',
  smallint: 'int2',
  smallserial: 'int2',
  decimal: 'numeric',
  real: 'float4',
  float: 'float8',
  'double precision': 'float8',
  boolean: 'bool',
  'character varying': 'varchar',
  character: 'bpchar',
  char: 'bpchar',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  datetime: 'timestamptz',
  'time with time zone': 'timetz',
  'time without time zone': 'time',
};

/** PostgreSQL's own short name of a declared type: `NUMERIC(12,2)[]` gives `numeric[]`, `bigserial` gives `int8`. */
export function columnType(declared: string): string {
  const found = known.get(declared) ?? shortName(declared);
  known.set(declared, found);
  return found;
}

/** Types that entities declare: a handful. */
const known = new Map<string, string>();

function shortName(declared: string): string {
  const array = declared.trim().endsWith('[]') ? '[]' : '';
  const base = declared
    .toLowerCase()
    .replace(/\[\]|\([^)]*\)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return (synonyms[base] ?? base) + array;
}
