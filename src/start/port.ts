import { once } from 'node:events';
import { createServer } from 'node:net';
import { listenOn } from '../http/listen.ts';

/**
 * Makes sure that a port can be had, before anything slow is begun.
 *
 * @throws PortTaken; other errors of the system, such as EACCES for a port that needs privileges
 */
export async function assertPortFree(port: number, host: string | undefined): Promise<void> {
  const server = createServer();
  await listenOn(server, { port, host });
  server.close();
  await once(server, 'close');
}
