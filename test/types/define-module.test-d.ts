import { describe, expectTypeOf, test } from 'vitest';
import { defineModule, defineService, type RequestContext, rowPolicy } from '../../src/module.ts';
import { Note } from '../fixtures/notes/note.ts';

describe('defineModule', () => {
  test('[DI] a module of well-formed parts compiles', () => {
    const notes = defineModule({
      name: 'notes',
      entities: [Note],
      permissions: { 'notes:read': ['owner'] },
      services: [defineService('notes', () => ({ count: () => 1 }))],
    });
    expectTypeOf(notes.name).toEqualTypeOf<string>();
  });

  test('[DI] a permission of another module does not compile', () => {
    // @ts-expect-error permissions begin with the module's own name
    defineModule({ name: 'notes', permissions: { 'invoices:read': ['owner'] } });
  });

  test('[DI] what is no entity class does not compile', () => {
    // @ts-expect-error an entity is a class, not its name
    defineModule({ name: 'notes', entities: ['Note'] });
  });

  test('[DI] a dependency is a module, not its name', () => {
    // @ts-expect-error so that a missing one is found by the compiler
    defineModule({ name: 'notes', dependsOn: ['customers'] });
  });

  test('[DI] migrations are a folder, not a text', () => {
    // @ts-expect-error a URL, so that it is found wherever the package lies
    defineModule({ name: 'notes', migrations: './migrations/' });
  });

  test('[DI] a misspelt part does not compile', () => {
    // @ts-expect-error `entites`
    defineModule({ name: 'notes', entites: [Note] });
  });
});

describe('rowPolicy', () => {
  test('[AZ] the condition is one over the entity', () => {
    rowPolicy({ name: 'a', entity: Note, where: () => ({ secret: false }) });
    rowPolicy({
      name: 'a',
      entity: Note,
      where: ({ subject }) => ({ $or: [{ secret: false }, { text: subject }] }),
    });
    // @ts-expect-error no such column
    rowPolicy({ name: 'b', entity: Note, where: () => ({ hidden: false }) });
    // @ts-expect-error a boolean column
    rowPolicy({ name: 'c', entity: Note, where: () => ({ secret: 'no' }) });
  });
});

describe('defineService', () => {
  test('[SL] a service has the type that its function returns', () => {
    const counter = defineService('counter', () => ({ next: (step: number) => step + 1 }));
    const use = (context: RequestContext) => context.use(counter);
    expectTypeOf<ReturnType<typeof use>>().toEqualTypeOf<{ next: (step: number) => number }>();
  });

  test('[SL] a service that is asked for what it lacks does not compile', () => {
    const counter = defineService('counter', () => ({ next: () => 1 }));
    // @ts-expect-error no such method
    ((context: RequestContext) => context.use(counter).previous()) satisfies unknown;
  });
});
