import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StatementRefused } from '../../../src/database/errors.ts';
import { assertPlannable } from '../../../src/database/guard.ts';

const accepted = [
  'select 1',
  'SELECT 1',
  ' \t\r\n\f\v select 1',
  '((select 1) union (select 2))',
  'insert into t values (1)',
  'update t set a = 1',
  'delete from t',
  'merge into t using u on true when matched then delete',
  'with a as (select 1) select * from a',
  'values (1)',
  'table t',
  'select*from t',
  'select"a" from t',
  "select'a'",
  'select(1)',
  'select 1; commit',
  'select/**/1',
];

const refused = [
  '',
  ' ',
  '(',
  'commit',
  'COMMIT',
  '(commit)',
  ' (commit',
  'rollback',
  'abort',
  'end',
  'begin',
  'start transaction',
  'savepoint a',
  'release a',
  'set role x',
  'set local role none',
  'set session authorization x',
  'reset role',
  'reset all',
  'discard all',
  'show role',
  'explain select 1',
  'explain analyze insert into t values (1)',
  'prepare x as select 1',
  'execute x',
  'deallocate all',
  'declare c cursor for select 1',
  'fetch all from c',
  'move c',
  'close c',
  'lock t',
  'copy t to stdout',
  "copy t to program 'sh'",
  "do 'begin end'",
  'call p()',
  'listen x',
  'unlisten *',
  'notify x',
  'truncate t',
  'create table t (a int)',
  'drop table t',
  'alter role x superuser',
  'grant x to y',
  'revoke x from y',
  'vacuum',
  'analyze',
  'checkpoint',
  "load 'x'",
  'import foreign schema x from server y into z',
  'reassign owned by x to y',
  'security label on table t is null',
  'refresh materialized view v',
  'comment on table t is null',
  '/* */ commit',
  '/* */ select 1',
  '-- \nselect 1',
  ';select 1',
  '; commit',
  'selectx',
  'select1',
  'select_ 1',
  'select$1',
  'selectä 1',
  'tables',
  'valuesofmine',
  '\u00a0select 1',
  '\ufeffselect 1',
  '\u2003select 1',
  '\u017felect 1',
  "e'select'",
  '"select"',
  "U&'select'",
  '$$select$$',
  'select 1\0; commit',
  'sel\0ect 1',
];

describe('the statement guard', () => {
  test.each(accepted)('[DO] accepts %j', (text) => {
    expect(() => assertPlannable(text)).not.toThrow();
  });

  test.each(refused)('[DO] refuses %j', (text) => {
    expect(() => assertPlannable(text)).toThrow(StatementRefused);
  });

  test('[DO] the time that it takes does not grow faster than the text', () => {
    const blanks = ' ('.repeat(200_000);
    const started = performance.now();
    expect(() => assertPlannable(`${blanks}commit`)).toThrow(StatementRefused);
    expect(performance.now() - started).toBeLessThan(200);
  });

  test('[DO] only blanks and opening parentheses may come before the word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (before) => {
        fc.pre(!/^[ \t\n\r\f\v(]*$/.test(before) && !/^[ \t\n\r\f\v(]*[a-z]/i.test(before));
        expect(() => assertPlannable(`${before}select 1`)).toThrow(StatementRefused);
      }),
    );
  });
});
