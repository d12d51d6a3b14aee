/** A database, by its superuser's address. */
export interface Place {
  readonly url: string;
  /** What Insula's secrets are derived from; the peers' login has it as its password, in hex. */
  readonly masterKey: Buffer;
}

/** The login of every peer: a member of each tenant's role, which it takes on for each transaction. */
export const PEER_LOGIN = 'bench_peer';

/** The address with which peers connect. */
export function peerUrl({ url, masterKey }: Place): string {
  const address = new URL(url);
  address.username = PEER_LOGIN;
  address.password = masterKey.toString('hex');
  return address.href;
}
