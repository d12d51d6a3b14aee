import { problems } from '../errors/problems.ts';
import type { LifecyclePlugin } from './context.ts';

/**
 * [SR] A client that goes away ends what runs for it: the session cancels its statement, and gives the connection back
 * when that is over. The exchange itself ends, and lets go of its deadline, when both the reply and the work are done.
 */
export function useCleanUp(): LifecyclePlugin {
  return {
    onRequestParse({ serverContext: { res, exchange } }) {
      const leave = () => {
        if (!res.writableFinished) exchange.abort(problems.CLIENT_CLOSED_REQUEST('The client went away.'));
      };
      // It may have gone while its token was looked at.
      if (res.closed) leave();
      else res.once('close', leave);
    },
  };
}
