import type { InsulaBuilder } from 'insula';
import { z } from 'zod';
import { Milestone } from './entities/milestone.ts';
import { Project } from './entities/project.ts';
import { Task } from './entities/task.ts';
import { projectService } from './service.ts';

const text = z.string().trim().min(1).max(200);
const deprecationReason = 'It is named `name`.';

/** What is done with projects and tasks. */
export function defineProjectMutations(builder: InsulaBuilder): void {
  const ProjectPayload = builder.objectRef<{ id: string }>('ProjectPayload').implement({
    description: 'The project as it now is.',
    permission: 'projects:read',
    fields: (t) => ({
      project: t.entityField({
        description: 'The project.',
        type: Project,
        resolve: (read, { id }) => read({ key: id }),
      }),
    }),
  });
  const TaskPayload = builder.objectRef<{ id: string }>('TaskPayload').implement({
    description: 'The task as it now is.',
    permission: 'projects:read',
    fields: (t) => ({
      task: t.entityField({
        description: 'The task.',
        type: Task,
        resolve: (read, { id }) => read({ key: id }),
      }),
    }),
  });

  const CreateProjectInput = builder.inputType('CreateProjectInput', {
    description: 'The new project.',
    fields: (t) => ({
      name: t.string({ validate: text, description: 'What it is called.' }),
      title: t.string({ validate: text, description: 'What it is called.', deprecationReason }),
    }),
  });
  const RenameProjectInput = builder.inputType('RenameProjectInput', {
    description: 'Another name for a project.',
    fields: (t) => ({
      id: t.globalID({ required: true, for: Project, description: 'Which one.' }),
      name: t.string({ validate: text, description: 'What it is to be called.' }),
      title: t.string({ validate: text, description: 'What it is to be called.', deprecationReason }),
    }),
  });
  const AddTaskInput = builder.inputType('AddTaskInput', {
    description: 'The new task.',
    fields: (t) => ({
      projectId: t.globalID({ required: true, for: Project, description: 'What it is for.' }),
      milestoneId: t.globalID({ for: Milestone, description: 'Until when; the first one if not said.' }),
      title: t.string({ required: true, validate: text, description: 'What is to be done.' }),
    }),
  });
  const FinishTaskInput = builder.inputType('FinishTaskInput', {
    description: 'Which task is done.',
    fields: (t) => ({ id: t.globalID({ required: true, for: Task, description: 'The task.' }) }),
  });

  builder.mutationFields((t) => ({
    createProject: t.field({
      description: 'Makes a project.',
      permission: 'projects:lead',
      type: ProjectPayload,
      args: { input: t.arg({ type: CreateProjectInput, required: true, description: 'The project.' }) },
      resolve: async (_root, { input: { name, title } }, { use }) => ({
        id: await use(projectService).create(name ?? title),
      }),
    }),
    renameProject: t.field({
      description: 'Gives a project another name.',
      permission: 'projects:lead',
      type: ProjectPayload,
      args: { input: t.arg({ type: RenameProjectInput, required: true, description: 'Which, and how.' }) },
      resolve: async (_root, { input: { id, name, title } }, { use }) => ({
        id: await use(projectService).rename(id.id, name ?? title),
      }),
    }),
    addTask: t.field({
      description: 'Adds a task to a project.',
      permission: 'projects:work',
      type: TaskPayload,
      args: { input: t.arg({ type: AddTaskInput, required: true, description: 'The task.' }) },
      resolve: async (_root, { input: { title, projectId, milestoneId } }, { use }) => ({
        id: await use(projectService).addTask({ title, project: projectId.id, milestone: milestoneId?.id }),
      }),
    }),
    finishTask: t.field({
      description: 'Marks a task as done.',
      permission: 'projects:work',
      type: TaskPayload,
      args: { input: t.arg({ type: FinishTaskInput, required: true, description: 'Which one.' }) },
      resolve: async (_root, { input }, { use }) => ({
        id: await use(projectService).finishTask(input.id.id),
      }),
    }),
  }));
}
