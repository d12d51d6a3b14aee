import type { GraphQLParams } from 'graphql-yoga';
import { problems } from '../errors/problems.ts';

const NAMES = new Set(['query', 'variables', 'operationName', 'extensions']);

/**
 * Reads the parameters of a POST.
 *
 * @throws Problem `BAD_REQUEST`
 */
export function parametersOfBody(text: string): GraphQLParams {
  if (text === '') throw problems.BAD_REQUEST('The body is empty.');
  return checked(parseJson(text, 'The body'));
}

/**
 * Reads the parameters of a GET. Where one is given twice, the first one counts.
 *
 * @param url path and query string
 * @throws Problem `BAD_REQUEST`
 */
export function parametersOfUrl(url: string): GraphQLParams {
  const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const text = (name: string) => search.get(name) || undefined;
  const json = (name: string) => {
    const value = text(name);
    return value === undefined ? undefined : parseJson(value, `The parameter "${name}"`);
  };
  return checked({
    query: text('query'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's own message shows a piece of the text: not for the reply.
    throw problems.BAD_REQUEST(`${what} is not JSON.`, { cause });
  }
}

function checked(body: unknown): GraphQLParams {
  if (Array.isArray(body))
    throw problems.BAD_REQUEST('Batches are not served: send one operation in each request.');
  if (!isObject(body)) throw problems.BAD_REQUEST('The body is no JSON object.');
  const unknown = Object.keys(body).find((name) => !NAMES.has(name) && body[name] !== null);
  if (unknown !== undefined) {
    throw problems.BAD_REQUEST(
      `There is no parameter "${unknown.slice(0, 50)}"; there are ${[...NAMES].join(', ')}.`,
    );
  }
  const { query, operationName = null, variables = null, extensions = null } = body;
  // A trusted document's id can stand in its place: whether there is such a one is decided where they are known.
  const isNamed = isObject(extensions) && isObject(extensions.persistedQuery) && query == null;
  if (typeof query !== 'string' && !isNamed)
    throw problems.BAD_REQUEST('The parameter "query" is no string.');
  if (operationName !== null && typeof operationName !== 'string') {
    throw problems.BAD_REQUEST('The parameter "operationName" is no string.');
  }
  if (variables !== null && !isObject(variables))
    throw problems.BAD_REQUEST('The parameter "variables" is no object.');
  if (extensions !== null && !isObject(extensions)) {
    throw problems.BAD_REQUEST('The parameter "extensions" is no object.');
  }
  return {
    ...(typeof query === 'string' && { query }),
    ...(operationName !== null && operationName !== '' && { operationName }),
    ...(variables && { variables }),
    ...(extensions && { extensions }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
