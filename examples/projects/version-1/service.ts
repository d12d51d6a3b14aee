import { type Criteria, defineService, problems } from 'insula';
import { Project, Task } from './entities.ts';

export const projectService = defineService('projects', ({ em }) => {
  async function projectWith(id: string): Promise<Project> {
    const project = await em.findOne(Project, { id });
    if (!project) throw problems.NOT_FOUND('There is no such project.');
    return project;
  }

  return {
    list: (): Criteria<Project> => ({ orderBy: { title: 'asc' } }),

    async create(title: string): Promise<string> {
      const project = em.create(Project, { title, dueOn: null });
      await em.flush();
      return project.id;
    },

    async rename(id: string, title: string): Promise<string> {
      const project = await projectWith(id);
      project.title = title;
      await em.flush();
      return project.id;
    },

    async addTask(id: string, title: string): Promise<string> {
      const task = em.create(Task, { project: await projectWith(id), title });
      await em.flush();
      return task.id;
    },
  };
});
