import { describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../src/session/context.ts';
import { defineService, openContainer, type ServiceDefinition } from '../../../src/session/services.ts';

function containerOf(...services: ServiceDefinition<unknown>[]) {
  const container = openContainer(new Set(services), () => container as unknown as RequestContext);
  return container;
}

describe('the service container', () => {
  test('[RS] a service is created when first asked for, once in a scope', () => {
    let created = 0;
    const counter = defineService('counter', () => ({ number: ++created }));
    const container = containerOf(counter);
    expect(created).toBe(0);
    expect(container.use(counter)).toBe(container.use(counter));
    expect(created).toBe(1);
  });

  test('[RS] another scope has services of its own', () => {
    const counter = defineService('counter', () => ({}));
    expect(containerOf(counter).use(counter)).not.toBe(containerOf(counter).use(counter));
  });

  test('[DI] a service finds the others in its context', () => {
    const one = defineService('one', () => 1);
    const two = defineService('two', ({ use }) => use(one) + 1);
    expect(containerOf(one, two).use(two)).toBe(2);
  });

  test('[DI] a service that no module registers is refused by name', () => {
    const stray = defineService('stray', () => 1);
    expect(() => containerOf().use(stray)).toThrow('No module registers the service "stray"');
  });

  test('[DI] services that need each other in a circle are named', () => {
    const first: ServiceDefinition<number> = defineService('first', ({ use }) => use(second));
    const second: ServiceDefinition<number> = defineService('second', ({ use }) => use(first));
    expect(() => containerOf(first, second).use(first)).toThrow('first → second → first');
  });

  test('[DI] a service that could not be created is tried again', () => {
    let attempts = 0;
    const shaky = defineService('shaky', () => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
      return attempts;
    });
    const container = containerOf(shaky);
    expect(() => container.use(shaky)).toThrow('not yet');
    expect(container.use(shaky)).toBe(2);
  });
});
