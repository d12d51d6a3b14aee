import { MetadataStorage } from '@mikro-orm/core';
import { graphql } from 'graphql';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createBuilder } from '../../../src/graphql/builder.ts';

test('[DV] after fifty faults no more are looked for', async () => {
  const check = vi.fn((quantity: number) => quantity > 0);
  const builder = createBuilder({
    orm: { getMetadata: () => new MetadataStorage() },
    permissions: new Set(),
    defaultPageSize: 20,
    maxPageSize: 100,
  });
  const Line = builder.inputType('Line', {
    fields: (t) => ({ quantity: t.int({ required: true, validate: z.int().refine(check) }) }),
  });
  builder.queryType({
    fields: (t) => ({
      total: t.int({
        permission: 'public',
        args: { lines: t.arg({ type: [Line], required: true }) },
        resolve: (_root, { lines }) => lines.length,
      }),
    }),
  });
  const lines = Array.from({ length: 1_000 }, () => ({ quantity: -1 }));
  const { errors } = await graphql({
    schema: builder.toSchema(),
    source: 'query ($lines: [Line!]!) { total(lines: $lines) }',
    variableValues: { lines },
  });
  expect(errors?.[0]?.extensions.issues).toHaveLength(50);
  expect(check).toHaveBeenCalledTimes(50);
});
