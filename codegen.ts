import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Types for the operations under test/client, from the contract: what is built, and what contract/ promises. A front-end
 * team's own can begin as a copy.
 */
const config: CodegenConfig = {
  schema: ['schema.graphql', 'contract/*.graphql'],
  documents: ['test/client/*.ts'],
  generates: {
    'test/client/gql/errors.ts': { plugins: ['./tools/contract/error-codes.ts'] },
    'test/client/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        emitLegacyCommonJSImports: false,
        importExtension: '.ts',
        strictScalars: true,
        scalars: {
          CountryCode: 'string',
          Currency: 'string',
          DateTime: 'string',
          EmailAddress: 'string',
          JSONObject: 'Record<string, unknown>',
          LocalDate: 'string',
          NonNegativeInt: 'number',
          PositiveInt: 'number',
          SafeInt: 'number',
        },
      },
    },
  },
};

export default config;
