import { describe, expect, test } from 'vitest';
import { defineModule, type Module, orderModules } from '../../../src/module.ts';

describe('modules', () => {
  test('[DI] come after those that they depend on, which need not be named', () => {
    const base = defineModule({ name: 'base' });
    const middle = defineModule({ name: 'middle', dependsOn: [base] });
    const top = defineModule({ name: 'top', dependsOn: [middle, base] });
    expect(orderModules([top]).map(({ name }) => name)).toEqual(['base', 'middle', 'top']);
  });

  test('[DI] two of one name are refused', () => {
    expect(() => orderModules([defineModule({ name: 'twin' }), defineModule({ name: 'twin' })])).toThrow(
      'There are two modules named "twin".',
    );
  });

  test('[DI] a circle is named', () => {
    const dependsOn: Module[] = [];
    const egg = defineModule({ name: 'egg', dependsOn });
    const hen = defineModule({ name: 'hen', dependsOn: [egg] });
    dependsOn.push(hen);
    expect(() => orderModules([hen])).toThrow('hen → egg → hen');
  });

  test('[DI] a name that is none is refused', () => {
    expect(() => defineModule({ name: 'Two Words' })).toThrow("A module's name");
  });
});
