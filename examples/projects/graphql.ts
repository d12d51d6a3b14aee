import type { InsulaBuilder } from 'insula';
import { Milestone } from './entities/milestone.ts';
import { Project } from './entities/project.ts';
import { Task } from './entities/task.ts';
import { projectService } from './service.ts';

/** Projects with their milestones and tasks, as they are read. */
export function defineProjectTypes(builder: InsulaBuilder): void {
  builder.entityNode(Project, {
    description: 'Work with an end.',
    permission: 'projects:read',
    fields: (t) => ({
      name: t.expose('name', { description: 'What it is called.' }),
      title: t.expose('name', {
        description: 'What it is called.',
        deprecationReason: 'It is named `name`.',
      }),
      dueOn: t.expose('dueOn', { type: 'LocalDate', description: 'Until when.' }),
      milestones: t.inverse(Milestone, 'project', { description: 'Its parts.' }),
      tasks: t.inverse(Task, 'project', {
        description: 'What is to be done.',
        query: () => ({ orderBy: { title: 'asc' } }),
      }),
    }),
  });

  builder.entityNode(Milestone, {
    description: 'A part of a project, which is reached when its tasks are done.',
    permission: 'projects:read',
    fields: (t) => ({
      name: t.expose('name', { description: 'What it is called.' }),
      project: t.relation('project', { description: 'The whole.' }),
      tasks: t.inverse(Task, 'milestone', { description: 'What is to be done until then.' }),
    }),
  });

  builder.entityNode(Task, {
    description: 'Something that somebody is to do.',
    permission: 'projects:read',
    fields: (t) => ({
      title: t.expose('title', { description: 'What is to be done.' }),
      done: t.expose('done', { description: 'Whether it is done.' }),
      project: t.relation('project', { description: 'What it is for.' }),
      milestone: t.relation('milestone', { description: 'Until when in the project.' }),
    }),
  });

  builder.queryFields((t) => ({
    projects: t.entityConnection({
      description: 'All projects by their names, a page at a time.',
      permission: 'projects:read',
      type: Project,
      query: (_root, _args, { use }) => use(projectService).list(),
    }),
  }));
}
