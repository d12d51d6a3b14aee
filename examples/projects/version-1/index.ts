import { defineModule } from 'insula';
import { Project, Task } from './entities.ts';
import { defineProjectTypes } from './graphql.ts';
import { projectService } from './service.ts';

/** Projects, the first release. It had the first migration alone, and is kept to try the way to the second one. */
export const projectsBefore = defineModule({
  name: 'projects',
  entities: [Project, Task],
  types: defineProjectTypes,
  services: [projectService],
  permissions: {
    'projects:read': ['owner', 'lead', 'colleague', 'guest'],
    'projects:work': ['owner', 'lead', 'colleague'],
    'projects:lead': ['owner', 'lead'],
  },
});
