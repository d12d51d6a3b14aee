import { afterAll, beforeAll } from 'vitest';
import type { Options } from './schema.ts';
import { createWorld, type World } from './world.ts';

/** The example domain for the tests of a file: made once, gone at the end. */
export function useWorld(options: Options = {}): { readonly current: World } {
  let world: World | undefined;
  beforeAll(async () => {
    world = await createWorld(options);
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  return {
    get current() {
      if (!world) throw new Error('The world is made before the tests, not while they are collected.');
      return world;
    },
  };
}
