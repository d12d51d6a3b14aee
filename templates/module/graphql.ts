import type { InsulaBuilder } from 'insula';
import { z } from 'zod';
import { SampleItem } from './entities/sample-item.ts';
import { sampleItemService } from './service.ts';

const nameRule = z.string().trim().min(1).max(200);

/** Sample items: a list, a new one, another name. */
export function defineSampleItemTypes(builder: InsulaBuilder): void {
  builder.entityNode(SampleItem, {
    description: 'A sample item.',
    permission: 'sample-items:read',
    fields: (t) => ({
      name: t.expose('name', { description: 'What it is called.' }),
      createdAt: t.expose('createdAt', { description: 'Since when it is there.' }),
    }),
  });

  builder.queryFields((t) => ({
    sampleItems: t.entityConnection({
      description: 'All sample items by their names, a page at a time.',
      permission: 'sample-items:read',
      type: SampleItem,
      query: (_root, _args, { use }) => use(sampleItemService).list(),
    }),
  }));

  const SampleItemPayload = builder.objectRef<{ id: string }>('SampleItemPayload').implement({
    description: 'The sample item as it now is.',
    permission: 'sample-items:read',
    fields: (t) => ({
      sampleItem: t.entityField({
        description: 'The sample item.',
        type: SampleItem,
        resolve: (read, { id }) => read({ key: id }),
      }),
    }),
  });

  const CreateSampleItemInput = builder.inputType('CreateSampleItemInput', {
    description: 'The new sample item.',
    fields: (t) => ({
      name: t.string({ required: true, validate: nameRule, description: 'What it is called.' }),
    }),
  });
  const RenameSampleItemInput = builder.inputType('RenameSampleItemInput', {
    description: 'Another name for a sample item.',
    fields: (t) => ({
      id: t.globalID({ required: true, for: SampleItem, description: 'Which one.' }),
      name: t.string({ required: true, validate: nameRule, description: 'What it is to be called.' }),
    }),
  });

  builder.mutationFields((t) => ({
    createSampleItem: t.field({
      description: 'Makes a sample item.',
      permission: 'sample-items:write',
      type: SampleItemPayload,
      args: {
        input: t.arg({ type: CreateSampleItemInput, required: true, description: 'What it is like.' }),
      },
      resolve: async (_root, { input }, { use }) => ({ id: await use(sampleItemService).create(input.name) }),
    }),
    renameSampleItem: t.field({
      description: 'Gives a sample item another name.',
      permission: 'sample-items:write',
      type: SampleItemPayload,
      args: {
        input: t.arg({ type: RenameSampleItemInput, required: true, description: 'Which one, and how.' }),
      },
      resolve: async (_root, { input }, { use }) => ({
        id: await use(sampleItemService).rename(input.id.id, input.name),
      }),
    }),
  }));
}
