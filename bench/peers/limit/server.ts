// The limit: what is left when the gateway is taken away. No GraphQL: the request names its statement.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { openDuties, Refused, setting, type Tenant } from '../duties.ts';
import { type Named, send } from './batch.ts';
import { statementFor, type Variables } from './statements.ts';

const admit = await openDuties();
const pool = new pg.Pool({
  connectionString: setting('DATABASE_URL'),
  max: Number(setting('POOL')),
  idleTimeoutMillis: 0,
});

const session = ({ role, schema }: Tenant, readOnly: boolean): Named => ({
  name: 'session',
  text: "select set_config('role', $1, true), set_config('search_path', $2, true), set_config('transaction_read_only', $3, true)",
  values: [role, schema, readOnly ? 'on' : 'off'],
});

async function answer(request: IncomingMessage, body: string): Promise<string> {
  const admitted = admit(request.headers);
  const tenant = admitted instanceof Promise ? await admitted : admitted;
  const { operationName, variables }: { operationName: string; variables: Variables } = JSON.parse(body);
  const statement = statementFor(operationName, tenant.schema, variables);
  return send(pool, session(tenant, operationName !== 'create'), statement);
}

async function reply(request: IncomingMessage, response: ServerResponse, body: string): Promise<void> {
  try {
    const text = await answer(request, body);
    response.setHeader('content-type', 'application/json');
    response.setHeader('content-length', Buffer.byteLength(text));
    response.end(text);
  } catch (error) {
    console.error(error);
    response.statusCode = error instanceof Refused ? 401 : 500;
    response.end();
  }
}

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => void reply(request, response, body));
}).listen(Number(setting('PORT')), '127.0.0.1');
