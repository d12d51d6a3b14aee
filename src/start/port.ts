import { once } from 'node:events';
import { createServer } from 'node:net';
import { PortTaken } from '../http/server.ts';

/**
 * Makes sure that a port can be had, before anything slow is begun.
 *
 * @throws PortTaken; other errors of the system, such as EACCES for a port that needs privileges
 */
export async function assertPortFree(port: number, host: string | undefined): Promise<void> {
  const server = createServer();
  server.listen({ port, ...(host !== undefined && { host }) });
  try {
    await once(server, 'listening');
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw taken ? new PortTaken(port, 'PORT', error) : error;
  }
  server.close();
  await once(server, 'close');
}
