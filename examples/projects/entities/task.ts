import { defineEntity, identity, p } from 'insula';
import { Milestone } from './milestone.ts';
import { Project } from './project.ts';

const TaskSchema = defineEntity({
  name: 'Task',
  schema: '*',
  properties: {
    ...identity(),
    project: () => p.manyToOne(Project),
    milestone: () => p.manyToOne(Milestone).nullable(),
    title: p.string().length(200),
    done: p.boolean().default(false),
  },
});

/** Something that somebody is to do. */
export class Task extends TaskSchema.class {}
TaskSchema.setClass(Task);
