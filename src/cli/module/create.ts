import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { ConfigError } from '../../config.ts';
import { apiSchema } from '../api-schema.ts';
import type { Cli } from '../cli.ts';
import { examples, printJson } from '../output.ts';
import { importsFrom } from './imports.ts';
import { type Names, namesOf, renamed } from './names.ts';

/** A working module, which is compiled, checked and tested as it stands there. */
const TEMPLATE = fileURLToPath(new URL('../../../templates/module/', import.meta.url));
const USUAL_DIRECTORY = join('src', 'modules');

interface Options {
  readonly directory?: string;
  readonly entity?: string;
  readonly json?: true;
}

export function moduleCreateCommand(cli: Cli): Command {
  return new Command('create')
    .description('Write a new module that works: entity, types, service, permissions, migration, test.')
    .argument('<name>', 'the name of the module in the plural, such as time-entries')
    .option('--directory <path>', 'where its folder goes (default: src/modules, where that exists)')
    .option('--entity <name>', 'its entity, such as TimeEntry (default: the singular of the name)')
    .option('--json', 'print the files as JSON')
    .addHelpText(
      'after',
      examples(
        'insula module create tasks',
        'insula module create staff --entity Employee --directory modules',
      ),
    )
    .action((name: string, { directory = usualDirectory(), entity, json }: Options) => {
      const names = namesOf(name, entity);
      if (cli.modules.some((module) => module.name === name)) {
        throw new ConfigError(`There is a module "${name}" already.`);
      }
      const type = renamed('SampleItem', names);
      if (apiSchema(cli).getType(type)) {
        throw new ConfigError(`The API has a type ${type} already: say with --entity what to call this one.`);
      }
      const folder = join(directory, name);
      if (existsSync(folder)) throw new ConfigError(`${folder} is there already.`);
      const files = writeModule(folder, names);
      if (json) printJson(cli, { module: name, files });
      else cli.output.write(whatIsNext(folder, names, files));
    });
}

function usualDirectory(): string {
  if (existsSync(USUAL_DIRECTORY)) return USUAL_DIRECTORY;
  throw new ConfigError(`There is no ${USUAL_DIRECTORY} here: say with --directory where the module goes.`);
}

function writeModule(folder: string, names: Names): string[] {
  return templateFiles().map((file) => {
    const path = join(folder, renamed(file, names));
    const text = renamed(readFileSync(join(TEMPLATE, file), 'utf8'), names);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, importsFrom(resolve(path), text), { flag: 'wx' });
    return path;
  });
}

function templateFiles(): string[] {
  return readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(TEMPLATE, join(entry.parentPath, entry.name)))
    .sort();
}

function whatIsNext(folder: string, names: Names, files: readonly string[]): string {
  const exported = renamed('sampleItems', names);
  const home = relative(process.cwd(), resolve(folder, '..')).split(sep).join('/') || '.';
  const test = files.find((file) => file.endsWith('.test.ts'));
  return [
    ...files,
    '',
    `Test it:    node --test ${test}`,
    `Add it:     import { ${exported} } from './${renamed('sample-items', names)}/index.ts'; and to the list of modules, in ${home}/`,
    'Give it to the tenants: insula migrate',
    '',
  ].join('\n');
}
