import { readFileSync } from 'node:fs';
import { buildSchema, OperationTypeNode, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { readExamples } from '../../../src/http/graphiql/examples.ts';
import { modules } from '../../../src/modules/index.ts';
import { composeModules } from '../../../src/platform/index.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const documents = readExamples(composeModules(modules).flatMap(({ examples = [] }) => examples)).map((text) =>
  parse(text),
);

describe('the examples of the modules', () => {
  test('[RC] fit the schema', () => {
    expect(documents.flatMap((document) => validate(schema, document))).toEqual([]);
  });

  test('[RC] have names, and some of them change something', () => {
    const operations = documents.flatMap(({ definitions }) =>
      definitions.flatMap((definition) =>
        definition.kind === 'OperationDefinition' ? [[definition.name?.value, definition.operation]] : [],
      ),
    );
    expect(operations).toContainEqual(['OpenInvoices', OperationTypeNode.QUERY]);
    expect(operations).toContainEqual(['CreateCustomer', OperationTypeNode.MUTATION]);
    expect(operations.map(([name]) => name)).not.toContain(undefined);
  });
});
