import { ConfigError } from '../../config.ts';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const ENTITY = /^[A-Z][A-Za-z0-9]*$/;
const LONGEST_NAME = 40;

/** What `templates/module` calls things, and what a module calls them; the longer words come first. */
export type Names = readonly (readonly [inTemplate: string, inModule: string])[];

/**
 * Every form in which a module's name and its entity's name stand in its files.
 *
 * @param module plural, such as `time-entries`
 * @param entity in Pascal case, such as `TimeEntry`; the singular of the module's name when it is left out
 * @throws ConfigError when one of them is malformed
 */
export function namesOf(module: string, entity: string = pascal(singular(module))): Names {
  if (!NAME.test(module) || module.length > LONGEST_NAME) {
    throw new ConfigError(
      `A module's name is like time-entries, of at most ${LONGEST_NAME} characters; "${module}" is not.`,
    );
  }
  if (!ENTITY.test(entity)) throw new ConfigError(`An entity's name is like TimeEntry; "${entity}" is not.`);
  const one = entity.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase();
  const names: Names = [
    ['sample-items', module],
    ['sampleItems', camel(module)],
    ['Sample items', capital(words(module))],
    ['sample items', words(module)],
    ['sample_items', module.replaceAll('-', '_')],
    ['sample-item', one],
    ['sampleItem', camel(one)],
    ['SampleItem', entity],
    ['sample item', words(one)],
    ['sample_item', one.replaceAll('-', '_')],
  ];
  assertVariable(camel(module));
  return names;
}

/** Writes a text of the template with a module's own names. */
export function renamed(text: string, names: Names): string {
  return names.reduce((renaming, [from, to]) => renaming.replaceAll(from, to), text);
}

/** `default` is a fine word, and no name of a constant. */
function assertVariable(name: string): void {
  try {
    new Function(`'use strict'; const ${name} = 0;`);
  } catch {
    throw new ConfigError(`"${name}" is a word of JavaScript: a module can't be named so.`);
  }
}

function singular(plural: string): string {
  if (/[^aeiou]ies$/.test(plural)) return plural.replace(/ies$/, 'y');
  if (/(ss|x|z|ch|sh)es$/.test(plural)) return plural.replace(/es$/, '');
  return plural.replace(/(?<=[^s])s$/, '');
}

const words = (kebab: string) => kebab.replaceAll('-', ' ');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const pascal = (kebab: string) => kebab.split('-').map(capital).join('');
const camel = (kebab: string) => kebab.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
