import { describe, expect, test } from 'vitest';
import { splitStatements } from '../../../src/fleet/migrations-statements.ts';

describe('[DO] a migration is split into its statements', () => {
  test.each([
    ['two statements', 'select 1; select 2', ['select 1', 'select 2']],
    ['blank ones count for nothing', ';; \n select 1;\n;', ['select 1']],
    ['a quote', `select ';''; ';select "a;""b"`, [`select ';''; '`, 'select "a;""b"']],
    ['an escape string', `select e'\\'; ', name';';x`, [`select e'\\'; ', name';'`, 'x']],
    [
      'comments before, inside and after',
      '-- a;b\n/* c; /* d; */ */ select /* ; */ 1 -- ;\n; -- end',
      ['select /* ; */ 1 -- ;'],
    ],
    [
      'dollar quotes',
      'do $$ begin; end $$; select $a$ ; $$ ; $a$',
      ['do $$ begin; end $$', 'select $a$ ; $$ ; $a$'],
    ],
    ['an identifier with a dollar', 'select a$b; select b$c', ['select a$b', 'select b$c']],
    [
      'an SQL body',
      'create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3',
      [
        'create function f() returns int begin atomic select 1; select case when true then 2 end; end',
        'select 3',
      ],
    ],
    ['nothing', ' -- nothing\n', []],
  ])('%s', (_, text, statements) => {
    expect(splitStatements(text)).toEqual(statements);
  });

  test.each([`select 'a`, 'select "a', 'select $a$ b', '/* a'])('%s does not end', (text) => {
    expect(() => splitStatements(text)).toThrow(/does not end/);
  });
});
