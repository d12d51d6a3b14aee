import { createTransport } from 'nodemailer';
import type { Mailer } from './mailer.ts';

/** Milliseconds that a mail server may take for each of its answers. */
const PATIENCE = 20_000;

/** Mail that is handed to an SMTP server. Disposing of it closes its connections. */
export function createSmtpMailer({ url, from }: { url: string; from: string }): Mailer & Disposable {
  const transport = createTransport({
    url,
    pool: true,
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    // Nothing in a letter is a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    from,
    async send({ messageId, from: sender, to, subject, text }) {
      // Objects, not texts: a comma in a customer's address makes no second recipient.
      await transport.sendMail({ messageId, from: sender, to, subject, text });
    },
    [Symbol.dispose]: () => transport.close(),
  };
}
