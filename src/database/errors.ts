/** A statement was sent outside `TenantTransaction.run`: there is no tenant whose data it could mean. An error of the caller's code. */
export class NoTenantSession extends Error {
  override readonly name = 'NoTenantSession';

  constructor() {
    super('No tenant session is active here: statements run inside the session of a request or a job.');
  }
}

/** A transaction was used from inside another tenant session, or through a connection kept from an earlier one. */
export class ForeignSession extends Error {
  override readonly name = 'ForeignSession';

  constructor() {
    super('This transaction belongs to another session.');
  }
}

/** The guard's answer: a text that is no plain statement, refused before anything is sent. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused';
}

/** A transaction was used after its end. */
export class TransactionEnded extends Error {
  override readonly name = 'TransactionEnded';
}

/** A transaction that was begun for one statement alone was asked for more: what was read, and what comes, would be of two moments. */
export class MoreThanOneStatement extends Error {
  override readonly name = 'MoreThanOneStatement';

  constructor() {
    super('This transaction was begun for one statement alone.');
  }
}

/** COMMIT was asked for, but the transaction had already failed: nothing was kept. */
export class TransactionFailed extends Error {
  override readonly name = 'TransactionFailed';
}

/** The connection ended before the server answered. `cause` says why, when it is known. */
export class ConnectionLost extends Error {
  override readonly name: string = 'ConnectionLost';
}

/** The server did not answer in time, and was left. */
export class ServerSilent extends ConnectionLost {
  override readonly name: string = 'ServerSilent';
}
