import { createGateway, type GatewayOptions } from '../gateway.ts';
import type { Logger } from '../telemetry/logger.ts';
import { logUnhandledRejections } from './unhandled-rejections.ts';

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * A gateway that listens. Disposing of it drains it: what was accepted is answered.
 *
 * @throws PortTaken, and what createGateway throws; nothing is left open then
 */
export async function startServer(
  options: GatewayOptions & { readonly logger: Logger },
): Promise<RunningServer> {
  await using resources = new AsyncDisposableStack();
  resources.use(logUnhandledRejections(options.logger));
  const gateway = resources.use(await createGateway(options));
  const { port } = await gateway.listen();
  const owned = resources.move();
  return { port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
