import type { Module } from '../module.ts';

/** What a command line is run with; a test brings its own. */
export interface Cli {
  /** Those of the platform too, in the order of their dependencies. */
  readonly modules: readonly Module[];
  readonly environment: NodeJS.ProcessEnv;
  /** For what was asked for. */
  readonly output: NodeJS.WritableStream;
  /** For progress, hints and errors. */
  readonly messages: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** A command did what it could and has already said why that is not enough: exit 1, no further message. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
