import {
  GraphQLCountryCode,
  GraphQLCurrency,
  GraphQLDateTime,
  GraphQLEmailAddress,
  GraphQLJSONObject,
  GraphQLLocalDate,
  GraphQLNonNegativeInt,
  GraphQLPositiveInt,
  GraphQLSafeInt,
} from 'graphql-scalars';

/** The scalars that every module finds in its builder, from graphql-scalars. */
export const scalars = {
  CountryCode: GraphQLCountryCode,
  Currency: GraphQLCurrency,
  DateTime: GraphQLDateTime,
  EmailAddress: GraphQLEmailAddress,
  JSONObject: GraphQLJSONObject,
  LocalDate: GraphQLLocalDate,
  NonNegativeInt: GraphQLNonNegativeInt,
  PositiveInt: GraphQLPositiveInt,
  SafeInt: GraphQLSafeInt,
} as const;

interface Same<Value> {
  Input: Value;
  Output: Value;
}

/** What a resolver receives and returns for each scalar. */
// A type, not an interface: Pothos asks for an index signature, which interfaces don't get.
export type ScalarTypes = {
  ID: { Input: string; Output: string | number };
  CountryCode: Same<string>;
  Currency: Same<string>;
  DateTime: Same<Date>;
  EmailAddress: Same<string>;
  JSONObject: Same<Readonly<Record<string, unknown>>>;
  /** A day without a time, `YYYY-MM-DD`. */
  LocalDate: Same<string>;
  NonNegativeInt: Same<number>;
  PositiveInt: Same<number>;
  SafeInt: Same<number>;
};
