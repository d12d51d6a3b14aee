import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as secure } from 'node:tls';
import type { Client } from 'pg';
import { cancelRequest, sslRequest } from './requests.ts';

/** What the server gave the connection to cancel with; `pg` keeps it in members that its types don't name. */
function cancelKey(client: object): [processId: number, secretKey: number] | undefined {
  if (!('processID' in client) || typeof client.processID !== 'number') return undefined;
  if (!('secretKey' in client) || typeof client.secretKey !== 'number') return undefined;
  return [client.processID, client.secretKey];
}

function tlsOptions(client: object): ConnectionOptions | undefined {
  if (!('ssl' in client) || !client.ssl) return undefined;
  return typeof client.ssl === 'object' ? client.ssl : {};
}

function encrypted(socket: Socket, host: string, options: ConnectionOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (answer) => {
      if (answer.toString('latin1') !== 'S') return reject(new Error('The server offers no TLS.'));
      const upgraded = secure({ ...options, socket, servername: host }, () => resolve(upgraded));
      upgraded.once('error', reject);
    });
    socket.write(sslRequest());
  });
}

/**
 * Asks the server to cancel what `client`'s connection runs now (the protocol's CancelRequest, on a connection of its
 * own). The request names the connection, not the statement: call it only for a connection that is never used again.
 * Resolves when the server has passed the request on; it answers nothing.
 *
 * @param timeout milliseconds that the server may take
 * @throws Error when it can't be reached in time, or offers no TLS although the connection has it
 */
export async function requestCancel(client: Client, timeout: number): Promise<void> {
  const key = cancelKey(client);
  if (!key) return;
  const { host, port } = client;
  const plain = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  plain.setTimeout(timeout, () => plain.destroy(new Error('The server did not take the request to cancel.')));
  const tls = tlsOptions(client);
  const socket = tls ? await encrypted(plain, host, tls) : plain;
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume();
    socket.write(cancelRequest(...key));
  });
}
