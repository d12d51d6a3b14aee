import { defineEntity, identity, p } from 'insula';
import { Project } from './project.ts';

const MilestoneSchema = defineEntity({
  name: 'Milestone',
  schema: '*',
  properties: {
    ...identity(),
    project: () => p.manyToOne(Project),
    name: p.string().length(200),
  },
});

/** A part of a project, which is reached when its tasks are done. */
export class Milestone extends MilestoneSchema.class {}
MilestoneSchema.setClass(Milestone);
