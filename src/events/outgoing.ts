import { readFileSync } from 'node:fs';
import type { Executor } from '../database/client.ts';
import type { PublishInto } from '../session/topics.ts';

const EVENTS_SQL = readFileSync(new URL('./events.sql', import.meta.url), 'utf8');

/** Installs the table of events and the tenants' way to it. Run as insula_owner after the opener; may be run again. */
export async function installEvents(client: Executor): Promise<void> {
  await client.query(EVENTS_SQL);
}

/** Writes an event down: an INSERT in the operation's transaction, kept or undone with it, without a round trip of its own. */
export const publishInto: PublishInto = async (transaction, topic, payload) => {
  await transaction.executeAhead('select insula_event.publish($1, $2::jsonb)', [
    topic,
    JSON.stringify(payload),
  ]);
};
