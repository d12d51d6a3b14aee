import { defineModule } from 'insula';
import { Milestone } from './entities/milestone.ts';
import { Project } from './entities/project.ts';
import { Task } from './entities/task.ts';
import { defineProjectTypes } from './graphql.ts';
import { defineProjectMutations } from './graphql-mutations.ts';
import { projectErrors, projectService } from './service.ts';

/** Projects, the second release. */
export const projects = defineModule({
  name: 'projects',
  entities: [Project, Milestone, Task],
  migrations: new URL('./migrations/', import.meta.url),
  types(builder) {
    defineProjectTypes(builder);
    defineProjectMutations(builder);
  },
  services: [projectService],
  permissions: {
    'projects:read': ['owner', 'lead', 'colleague', 'guest'],
    'projects:work': ['owner', 'lead', 'colleague'],
    'projects:lead': ['owner', 'lead'],
  },
  errors: projectErrors,
});
