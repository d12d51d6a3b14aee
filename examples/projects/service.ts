import { type Criteria, defineErrors, defineService, problems } from 'insula';
import { Milestone } from './entities/milestone.ts';
import { Project } from './entities/project.ts';
import { Task } from './entities/task.ts';

export const projectErrors = defineErrors({
  TASK_DONE: { status: 409, description: 'The task is done already.' },
  PROJECT_NAMELESS: { status: 400, description: 'A project needs a name.' },
});

interface NewTask {
  readonly title: string;
  readonly project: string;
  /** @default the project's first one */
  readonly milestone?: string | undefined;
}

/** Projects, their milestones and tasks. */
export const projectService = defineService('projects', ({ em }) => {
  async function projectWith(id: string): Promise<Project> {
    const project = await em.findOne(Project, { id });
    if (!project) throw problems.NOT_FOUND('There is no such project.');
    return project;
  }

  return {
    list: (): Criteria<Project> => ({ orderBy: { name: 'asc' } }),

    async create(name: string | null | undefined): Promise<string> {
      if (!name) throw projectErrors.PROJECT_NAMELESS('A project needs a name.');
      const project = em.create(Project, { name, dueOn: null });
      em.create(Milestone, { project, name: 'Start' });
      await em.flush();
      return project.id;
    },

    async rename(id: string, name: string | null | undefined): Promise<string> {
      if (!name) throw projectErrors.PROJECT_NAMELESS('A project needs a name.');
      const project = await projectWith(id);
      project.name = name;
      await em.flush();
      return project.id;
    },

    async addTask({ title, project: id, milestone: wanted }: NewTask): Promise<string> {
      const project = await projectWith(id);
      const milestone = await em.findOne(
        Milestone,
        { project, ...(wanted && { id: wanted }) },
        { orderBy: { id: 'asc' } },
      );
      if (wanted && !milestone) throw problems.NOT_FOUND('The project has no such milestone.');
      const task = em.create(Task, { project, milestone, title });
      await em.flush();
      return task.id;
    },

    async finishTask(id: string): Promise<string> {
      const task = await em.findOne(Task, { id });
      if (!task) throw problems.NOT_FOUND('There is no such task.');
      if (task.done) throw projectErrors.TASK_DONE('The task is done already.');
      task.done = true;
      await em.flush();
      return task.id;
    },
  };
});
