#!/usr/bin/env node
// Stands in for curl on a machine that has none: the few options that our documentation uses, and nothing else.
import { request } from 'node:http';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    header: { type: 'string', short: 'H', multiple: true },
    data: { type: 'string', short: 'd' },
    silent: { type: 'boolean', short: 's' },
  },
});
const url = new URL(positionals[0]);
const headers = Object.fromEntries((values.header ?? []).map((line) => line.split(/:\s*/, 2)));
// As curl does: `*.localhost` is this machine, whatever the resolver says.
const options = {
  host: 'localhost',
  port: url.port,
  path: url.pathname + url.search,
  headers: { host: url.host, ...headers },
};
const sent = request({ ...options, method: values.data === undefined ? 'GET' : 'POST' }, (reply) =>
  reply.pipe(process.stdout),
);
sent.end(values.data);
