import type { GraphQLScalarType } from 'graphql';
import { GraphQLCountryCode, GraphQLCurrency } from 'graphql-scalars';
import type { ScalarText, ScalarTexts } from '#pothos-mikro-orm';
import type { scalars } from './scalars.ts';

const quoted = (column: string) => `to_json(${column})::text`;
const bare = (column: string) => `${column}::text`;

/** A number of JavaScript's is exact up to here. */
const SAFE = Number.MAX_SAFE_INTEGER;

/**
 * How SQL writes what the gateway's scalars serialise. Values that a scalar would refuse, and some that it would not, are
 * left to the scalar itself.
 */
export const scalarTexts = {
  DateTime: [
    {
      of: 'instant',
      // As `Date.prototype.toISOString`, which has other forms for years before 0 and after 9999.
      json: (column) => `to_char(${column} at time zone 'UTC', '"\\""YYYY-MM-DD"T"HH24:MI:SS.MS"Z\\""')`,
      when: (column) => `${column} >= '1000-01-01 00:00:00Z' and ${column} < '10000-01-01 00:00:00Z'`,
    },
  ],
  LocalDate: [
    {
      of: 'date',
      json: quoted,
      when: (column) => `${column} between '0001-01-01' and '9999-12-31'`,
    },
  ],
  SafeInt: [
    { of: 'int', json: bare },
    { of: 'long', json: bare, when: (column) => `${column} between -${SAFE} and ${SAFE}` },
  ],
  Currency: [code(GraphQLCurrency, 3)],
  CountryCode: [code(GraphQLCountryCode, 2)],
  EmailAddress: [
    {
      of: 'text',
      json: quoted,
      // Narrower than the scalar, for which each part of the domain has 63 characters at the most.
      when: (column) =>
        `(${column} collate "C") ~ '^[a-zA-Z0-9.!#$%&*+/=?^_{|}~-]+@[a-zA-Z0-9]+([.-][a-zA-Z0-9]+)*$' and octet_length(split_part(${column}, '@', 2)) <= 63`,
    },
  ],
} as const satisfies ScalarTexts & Partial<Record<keyof typeof scalars, readonly ScalarText[]>>;

/** A code of a list; the scalar's own pattern has them all. */
function code({ extensions }: GraphQLScalarType, length: number): ScalarText {
  const { pattern } = extensions.jsonSchema as { readonly pattern: string };
  const codes = pattern.match(new RegExp(`\\b[A-Z]{${length}}\\b`, 'g')) ?? [];
  return {
    of: 'text',
    json: quoted,
    when: (column) =>
      `octet_length(${column}) = ${length} and strpos('|${codes.join('|')}|', '|' || ${column} || '|') > 0`,
  };
}
