import { defineEntity, identity, p } from 'insula';

const SampleItemSchema = defineEntity({
  name: 'SampleItem',
  schema: '*',
  properties: {
    ...identity(),
    name: p.string().length(200),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});

/** A sample item. */
export class SampleItem extends SampleItemSchema.class {}
SampleItemSchema.setClass(SampleItem);
