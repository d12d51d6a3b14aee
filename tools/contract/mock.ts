import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createMockServer } from './mock-server.ts';
import { readContract } from './proposals.ts';

// `npm run mock`: the gateway that runs, and everything that contract/ promises on top of it.
const { values } = parseArgs({
  options: {
    gateway: { type: 'string', default: 'http://localhost:4000' },
    port: { type: 'string', default: '4001' },
    schema: { type: 'string', default: 'schema.graphql' },
    proposals: { type: 'string', default: 'contract' },
  },
});
const contract = readContract(values);
for (const fault of contract.faults) process.stderr.write(`mock: ${fault}\n`);
if (contract.faults.length > 0) process.exit(1);

const server = createMockServer({ contract, gateway: new URL(values.gateway) });
server.on('error', ({ message }) => {
  process.stderr.write(`mock: ${message}\n`);
  process.exit(1);
});
server.listen(Number(values.port), 'localhost');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
process.stdout.write(
  [
    `The contract is served at http://localhost:${port}/t/acme/graphql, in front of ${values.gateway}.`,
    ...[...contract.promised].map((coordinate) => `  mocked: ${coordinate}`),
    '',
  ].join('\n'),
);
