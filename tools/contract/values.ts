import { base, en, type Faker, Faker as FakerOf } from '@faker-js/faker';
import { type IMocks, MockList } from '@graphql-tools/mock';
import {
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
  isScalarType,
} from 'graphql';

type Make = (faker: Faker) => unknown;

/** How many rows a mocked list of pages has in all. */
const ROWS = 25;

/** Text by the name of its field; the first that fits. */
const TEXT: readonly (readonly [RegExp, Make])[] = [
  [/email/i, (faker) => faker.internet.email()],
  [/phone|mobile/i, (faker) => faker.phone.number()],
  [/(url|link|website)$/i, (faker) => faker.internet.url()],
  [/firstName/i, (faker) => faker.person.firstName()],
  [/lastName|surname/i, (faker) => faker.person.lastName()],
  [/(author|owner|person|user|actor)(Name)?$/i, (faker) => faker.person.fullName()],
  [/name$/i, (faker) => faker.company.name()],
  [/street/i, (faker) => faker.location.streetAddress()],
  [/city/i, (faker) => faker.location.city()],
  [/postalCode|zip/i, (faker) => faker.location.zipCode()],
  [/country/i, (faker) => faker.location.countryCode()],
  [/iban|bankAccount/i, (faker) => faker.finance.iban()],
  [/title|subject|label/i, (faker) => faker.commerce.productName()],
  [/description|note|text|message|body|comment|reason/i, (faker) => faker.commerce.productDescription()],
  [/number|reference|code/i, (faker) => faker.string.alphanumeric({ length: 8, casing: 'upper' })],
  [/./, (faker) => faker.commerce.productAdjective()],
];

/** Whole numbers by the name of their field. */
const WHOLE: readonly (readonly [RegExp, Make])[] = [
  [/amount|price|net|gross|tax|cost|balance/i, (faker) => faker.number.int({ min: 1_000, max: 500_000 })],
  [/percent|rating|score/i, (faker) => faker.number.int({ min: 0, max: 100 })],
  [/./, (faker) => faker.number.int({ min: 1, max: 30 })],
];

const SCALARS: Readonly<Record<string, Make>> = {
  ID: (faker) => faker.string.uuid(),
  UUID: (faker) => faker.string.uuid(),
  Boolean: (faker) => faker.datatype.boolean(),
  Float: (faker) => faker.number.float({ min: 0, max: 100, fractionDigits: 2 }),
  DateTime: (faker) => faker.date.recent({ days: 30 }).toISOString(),
  LocalDate: (faker) => faker.date.recent({ days: 30 }).toISOString().slice(0, 10),
  EmailAddress: (faker) => faker.internet.email(),
  URL: (faker) => faker.internet.url(),
  CountryCode: (faker) => faker.location.countryCode(),
  Currency: () => 'EUR',
  JSONObject: () => ({}),
};
const WHOLE_SCALARS = new Set(['Int', 'SafeInt', 'PositiveInt', 'NonNegativeInt']);

/** Makers of believable values, for each field of each type: by its scalar, then by its name. */
export function believableValues(schema: GraphQLSchema): IMocks {
  const faker = new FakerOf({ locale: [en, base], seed: 1 });
  const mocks: Record<string, Record<string, () => unknown> | (() => unknown)> = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (isLeafType(type)) mocks[type.name] = () => leaf(type, type.name, faker);
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const fields = Object.entries(type.getFields()).flatMap(([name, { type: of }]) => {
      if (name === 'edges' && 'pageInfo' in type.getFields()) return [[name, () => new MockList(ROWS)]];
      return isLeafType(getNamedType(of)) ? [[name, () => value(of, name, faker)]] : [];
    });
    mocks[type.name] = Object.fromEntries(fields);
  }
  return mocks;
}

function value(type: GraphQLOutputType, name: string, faker: Faker): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [1, 2].map(() => value(nullable.ofType, name, faker));
  return isLeafType(nullable) ? leaf(nullable, name, faker) : undefined;
}

function leaf(type: GraphQLLeafType, name: string, faker: Faker): unknown {
  if (isEnumType(type)) return faker.helpers.arrayElement(type.getValues()).name;
  if (!isScalarType(type)) return undefined;
  const makers = WHOLE_SCALARS.has(type.name) ? WHOLE : TEXT;
  const make = SCALARS[type.name] ?? makers.find(([pattern]) => pattern.test(name))?.[1];
  return make?.(faker);
}
