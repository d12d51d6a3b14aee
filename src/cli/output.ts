import { listSettings } from '../config.ts';
import { hasCode } from '../errors/system.ts';
import type { Cli } from './cli.ts';

/** Whoever reads may have seen enough (`insula tenant list | head -1`): the command does its work to the end, unheard. */
export function outliveReader(stream: NodeJS.WritableStream): void {
  stream.on('error', (error) => {
    if (!hasCode(error, 'EPIPE')) throw error;
  });
}

/** Prints a value as JSON, for programs. */
export function printJson({ output }: Cli, value: unknown): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Says what a command did: a sentence for people, or JSON for programs. */
export function report(cli: Cli, json: true | undefined, done: object, sentence: string): void {
  if (json) printJson(cli, done);
  else cli.messages.write(`${sentence}\n`);
}

/** Prints rows as aligned columns under their names, for people. */
export function printTable(
  { output }: Cli,
  rows: readonly Readonly<Record<string, string | number>>[],
): void {
  const names = Object.keys(rows[0] ?? {});
  const lines = [
    names.map((name) => name.toUpperCase()),
    ...rows.map((row) => names.map((name) => String(row[name]))),
  ];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    output.write(
      `${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}

/** The last part of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

/** The settings, for the help of the commands that most of them are for. */
export function settingsHelp(): string {
  const entries = listSettings().map(
    ({ name, description, default: value }) =>
      `  ${name}${value ? ` (default: ${value})` : ''}\n    ${description}`,
  );
  return `\nSettings, as environment variables:\n${entries.join('\n')}`;
}
