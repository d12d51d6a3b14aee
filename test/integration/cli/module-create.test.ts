import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { namesOf, renamed } from '../../../src/cli/module/names.ts';
import { run } from './in-process.ts';

function directoryIn(parent: string): string {
  const directory = mkdtempSync(join(parent, 'insula-module-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

const create = (directory: string, ...words: string[]) =>
  run(['module', 'create', '--directory', directory, ...words]);

test.each([
  ['tasks', 'Task'],
  ['time-entries', 'TimeEntry'],
  ['boxes', 'Box'],
  ['addresses', 'Address'],
  ['categories', 'Category'],
  ['staff', 'Staff'],
  ['glass', 'Glass'],
])('[DI] the entity of %s is %s', (module, entity) => {
  expect(renamed('SampleItem', namesOf(module))).toBe(entity);
});

test('[DI] each form of a name stands where the template has it', () => {
  const forms =
    'sample-items sampleItems sample items sample_items SampleItem sampleItemService sample item sample_item sample-item';
  expect(renamed(forms, namesOf('staff-rota', 'HRShift'))).toBe(
    'staff-rota staffRota staff rota staff_rota HRShift hrShiftService hr shift hr_shift hr-shift',
  );
});

test.each([
  [
    ['../evil'],
    /^insula: A module's name is like time-entries, of at most 40 characters; "\.\.\/evil" is not\.\n$/,
  ],
  [['Tasks'], /^insula: A module's name is like/],
  [['tasks-'], /^insula: A module's name is like/],
  [['a'.repeat(41)], /^insula: A module's name is like/],
  [['tasks', '--entity', 'a task'], /^insula: An entity's name is like TimeEntry; "a task" is not\.\n$/],
  [['default'], /^insula: "default" is a word of JavaScript: a module can't be named so\.\n$/],
  [['invoices'], /^insula: There is a module "invoices" already\.\n$/],
  [['members'], /^insula: There is a module "members" already\.\n$/],
  [['nodes'], /^insula: The API has a type Node already: say with --entity what to call this one\.\n$/],
])('[RI] module create %j writes nothing and says why in one line', async (words, message) => {
  const directory = directoryIn(tmpdir());
  const { code, stdout, stderr } = await create(directory, ...words);
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(message)]);
  expect(readdirSync(directory)).toEqual([]);
});

test('[RI] module create leaves a folder alone that is there already', async () => {
  const directory = directoryIn(tmpdir());
  mkdirSync(join(directory, 'tasks'));
  writeFileSync(join(directory, 'tasks', 'mine.ts'), '');
  const { code, stderr } = await create(directory, 'tasks');
  expect([code, stderr]).toEqual([1, `insula: ${directory}/tasks is there already.\n`]);
  expect(readdirSync(join(directory, 'tasks'))).toEqual(['mine.ts']);
});

test('[RI] module create says which files it wrote and what is next', async () => {
  const directory = directoryIn(tmpdir());
  const { code, stdout } = await create(directory, 'time-entries');
  expect(code).toBe(0);
  expect(stdout).toContain(`${directory}/time-entries/entities/time-entry.ts\n`);
  expect(stdout).toContain(`node --test ${directory}/time-entries/time-entries.test.ts\n`);
  expect(stdout).toContain(`import { timeEntries } from './time-entries/index.ts';`);
  expect(JSON.parse((await create(directory, 'tasks', '--json')).stdout)).toMatchObject({
    module: 'tasks',
    files: expect.arrayContaining([`${directory}/tasks/migrations/0001_tasks.sql`]),
  });
});

test('[RI] a module imports from the package, and in a clone of it from its sources', async () => {
  const project = directoryIn(tmpdir());
  writeFileSync(join(project, 'package.json'), '{ "name": "product" }');
  await create(join(project, 'modules'), 'tasks');
  expect(readFileSync(join(project, 'modules/tasks/index.ts'), 'utf8')).toContain(`from 'insula';`);
  await create(directoryIn('.'), 'tasks');
  const [clone = ''] = readdirSync('.').filter((name) => name.startsWith('insula-module-'));
  expect(readFileSync(join(clone, 'tasks/index.ts'), 'utf8')).toContain(`from '../../src/module.ts';`);
});

test('[DI] a module that was just written passes its test', async () => {
  const directory = directoryIn('.');
  await create(directory, 'time-entries');
  const { TEST_DATABASE_URL, PATH } = process.env;
  const output = execFileSync(
    process.execPath,
    ['--test', '--test-reporter=tap', `${directory}/time-entries/time-entries.test.ts`],
    { encoding: 'utf8', env: { TEST_DATABASE_URL, PATH } },
  );
  expect(output).toMatch(/^# pass 3$/m);
  expect(output).toMatch(/^# fail 0$/m);
}, 60_000);
