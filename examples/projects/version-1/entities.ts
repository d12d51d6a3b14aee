import { defineEntity, identity, p } from 'insula';

const ProjectSchema = defineEntity({
  name: 'Project',
  schema: '*',
  properties: { ...identity(), title: p.string().length(200), dueOn: p.date().nullable() },
});

/** Work with an end. */
export class Project extends ProjectSchema.class {}
ProjectSchema.setClass(Project);

const TaskSchema = defineEntity({
  name: 'Task',
  schema: '*',
  properties: {
    ...identity(),
    project: () => p.manyToOne(Project),
    title: p.string().length(200),
    done: p.boolean().default(false),
  },
});

/** Something that somebody is to do. */
export class Task extends TaskSchema.class {}
TaskSchema.setClass(Task);
