import type { Letter, Outside } from '../../session/jobs.ts';
import type { TakenJob } from '../queue.ts';

/** A letter on its way: who sends it, and the id by which a repetition is known. */
export interface Envelope extends Letter {
  /** With its angle brackets. */
  readonly messageId: string;
  /** The tenant's slug. */
  readonly tenant: string;
  readonly from: Letter['to'];
}

/** How mail leaves the house. */
export interface Mailer {
  /** The address that all mail comes from. */
  readonly from: string;
  /** @throws when nobody took it */
  send(envelope: Envelope): Promise<void>;
}

/** What a job may do outside, with ids that are the same in every attempt. */
export function outsideOf({ id, tenant }: TakenJob, mailer: Mailer, signal: AbortSignal): Outside {
  const key = `${tenant.id}.job.${id}`;
  const host = mailer.from.slice(mailer.from.lastIndexOf('@') + 1);
  let letters = 0;
  return {
    key,
    signal,
    async mail(letter) {
      signal.throwIfAborted();
      letters++;
      await mailer.send({
        ...letter,
        messageId: `<${key}.${letters}@${host}>`,
        tenant: tenant.slug,
        from: { name: tenant.name, address: mailer.from },
      });
    },
  };
}
