import { once } from 'node:events';
import type { Server } from 'node:net';
import { hasCode } from '../errors/system.ts';

/** The port is somebody else's. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';

  constructor(port: number, setting: string, cause: unknown) {
    super(`Port ${port} is taken. Stop what uses it, or choose another with ${setting}.`, { cause });
  }
}

export interface ListenOptions {
  readonly port: number;
  /** @default every address */
  readonly host?: string | undefined;
  /** The setting that changes the port, for the message when it is taken. @default 'PORT' */
  readonly portSetting?: string | undefined;
}

/**
 * Has a server listen.
 *
 * @throws PortTaken; other errors of the system, such as EACCES for a port that needs privileges
 */
export async function listenOn(
  server: Server,
  { port, host, portSetting = 'PORT' }: ListenOptions,
): Promise<void> {
  server.listen({ port, host });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw hasCode(error, 'EADDRINUSE') ? new PortTaken(port, portSetting, error) : error;
  }
}
