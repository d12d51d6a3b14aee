import { defineModule } from 'insula';
import { SampleItem } from './entities/sample-item.ts';
import { defineSampleItemTypes } from './graphql.ts';
import { sampleItemService } from './service.ts';

export const sampleItems = defineModule({
  name: 'sample-items',
  entities: [SampleItem],
  migrations: new URL('./migrations/', import.meta.url),
  types: defineSampleItemTypes,
  services: [sampleItemService],
  permissions: {
    'sample-items:read': ['owner', 'admin', 'viewer'],
    'sample-items:write': ['owner', 'admin'],
  },
});
