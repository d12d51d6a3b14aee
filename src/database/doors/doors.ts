import { readFileSync } from 'node:fs';
import type { Executor } from '../client.ts';

/** An object of the database and a privilege on it that no tenant should have. */
export interface DoorObject {
  readonly position: number;
  /** The door that the object is behind. */
  readonly name: string;
  /** As in GRANT: `execute`, `select` … */
  readonly privilege: string;
  /** The logins that need the privilege nevertheless. */
  readonly keepers: readonly string[];
  /** What someone can do who passes. */
  readonly consequence: string;
  /** As in GRANT: `routine`, `table`, `language`, `database`, `schema`. */
  readonly target: string;
  /** The object's name, quoted where needed. */
  readonly identity: string;
  readonly passable: boolean;
}

/** A limit on what a login's statements may use up. */
export interface Limit {
  readonly login: string;
  readonly setting: string;
  readonly value: string;
  readonly consequence: string;
  /** What is set, if anything. */
  readonly current: string | null;
}

/** One of the gateway's logins. */
export interface LoginState {
  /** The role's name. */
  readonly name: string;
  /** What is wrong with it, if anything. */
  readonly fault: string | null;
}

const DOORS = readFileSync(new URL('./doors.sql', import.meta.url), 'utf8');
const LIMITS = readFileSync(new URL('./limits.sql', import.meta.url), 'utf8');
const LOGINS = readFileSync(new URL('./logins.sql', import.meta.url), 'utf8');

/** Asks of every object behind a door whether `role` (or everybody: `public`) may use it. Tries nothing. */
export async function readDoors(client: Executor, role = 'public'): Promise<DoorObject[]> {
  return (await client.query<DoorObject>(DOORS, [role])).rows;
}

/** The limits of the logins, and what is set. */
export async function readLimits(client: Executor): Promise<Limit[]> {
  return (await client.query<Limit>(LIMITS)).rows;
}

/** Nothing is set, or a value that means "no limit". */
export function isUnlimited({ current }: Limit): boolean {
  return current === null || current === '0' || current === '-1';
}

/** The gateway's logins, and whether each is there and can do no more than it should. */
export async function readLogins(client: Executor): Promise<LoginState[]> {
  return (await client.query<LoginState>(LOGINS)).rows;
}
