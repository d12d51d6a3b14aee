import { defineEntity, identity, p } from 'insula';

const ProjectSchema = defineEntity({
  name: 'Project',
  schema: '*',
  properties: {
    ...identity(),
    name: p.string().length(200),
    dueOn: p.date().nullable(),
  },
});

/** Work with an end. */
export class Project extends ProjectSchema.class {}
ProjectSchema.setClass(Project);
