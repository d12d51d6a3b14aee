import { type Criteria, defineService, problems } from 'insula';
import { SampleItem } from './entities/sample-item.ts';

/** What can be done with sample items. */
export const sampleItemService = defineService('sample-items', ({ em }) => ({
  list: (): Criteria<SampleItem> => ({ orderBy: { name: 'asc' } }),

  async create(name: string): Promise<string> {
    const created = em.create(SampleItem, { name });
    await em.flush();
    return created.id;
  },

  async rename(id: string, name: string): Promise<string> {
    const found = await em.findOne(SampleItem, { id });
    if (!found) throw problems.NOT_FOUND('There is no such sample item.');
    found.name = name;
    await em.flush();
    return found.id;
  },
}));
