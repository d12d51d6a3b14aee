import type { InsulaBuilder } from 'insula';
import { z } from 'zod';
import { Project, Task } from './entities.ts';
import { projectService } from './service.ts';

const text = z.string().trim().min(1).max(200);

export function defineProjectTypes(builder: InsulaBuilder): void {
  builder.entityNode(Project, {
    permission: 'projects:read',
    fields: (t) => ({ title: t.expose('title'), tasks: t.inverse(Task, 'project') }),
  });
  builder.entityNode(Task, {
    permission: 'projects:read',
    fields: (t) => ({ title: t.expose('title'), done: t.expose('done'), project: t.relation('project') }),
  });

  builder.queryFields((t) => ({
    projects: t.entityConnection({
      permission: 'projects:read',
      type: Project,
      query: (_root, _args, { use }) => use(projectService).list(),
    }),
  }));

  const ProjectPayload = builder.objectRef<{ id: string }>('ProjectPayload').implement({
    permission: 'projects:read',
    fields: (t) => ({
      project: t.entityField({ type: Project, resolve: (read, { id }) => read({ key: id }) }),
    }),
  });
  const TaskPayload = builder.objectRef<{ id: string }>('TaskPayload').implement({
    permission: 'projects:read',
    fields: (t) => ({ task: t.entityField({ type: Task, resolve: (read, { id }) => read({ key: id }) }) }),
  });
  const title = { required: true, validate: text } as const;
  const CreateProjectInput = builder.inputType('CreateProjectInput', {
    fields: (t) => ({ title: t.string(title) }),
  });
  const RenameProjectInput = builder.inputType('RenameProjectInput', {
    fields: (t) => ({ id: t.globalID({ required: true, for: Project }), title: t.string(title) }),
  });
  const AddTaskInput = builder.inputType('AddTaskInput', {
    fields: (t) => ({ projectId: t.globalID({ required: true, for: Project }), title: t.string(title) }),
  });

  builder.mutationFields((t) => ({
    createProject: t.field({
      permission: 'projects:lead',
      type: ProjectPayload,
      args: { input: t.arg({ type: CreateProjectInput, required: true }) },
      resolve: async (_root, { input }, { use }) => ({ id: await use(projectService).create(input.title) }),
    }),
    renameProject: t.field({
      permission: 'projects:lead',
      type: ProjectPayload,
      args: { input: t.arg({ type: RenameProjectInput, required: true }) },
      resolve: async (_root, { input }, { use }) => ({
        id: await use(projectService).rename(input.id.id, input.title),
      }),
    }),
    addTask: t.field({
      permission: 'projects:work',
      type: TaskPayload,
      args: { input: t.arg({ type: AddTaskInput, required: true }) },
      resolve: async (_root, { input }, { use }) => ({
        id: await use(projectService).addTask(input.projectId.id, input.title),
      }),
    }),
  }));
}
