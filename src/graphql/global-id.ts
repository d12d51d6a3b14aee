import { type GraphQLSchema, isAbstractType, isObjectType } from 'graphql';
import { problems } from '../errors/problems.ts';

const SHAPE = /^([A-Za-z][A-Za-z0-9_]{0,127}):([^\0]{1,512})$/;

/** A global id of Relay: the type's name and the key, in base64url. Opaque to clients. */
export function encodeGlobalId(typename: string, id: string | number | bigint): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** The same in SQL, of the SQL of the key's text: what SQL writes has to be what JavaScript would. */
export function globalIdText(typename: string, key: string): string {
  return `translate(encode(convert_to('${typename}:' || ${key}, 'UTF8'), 'base64'), E'+/=\\n', '-_')`;
}

/** Reads a global id. @throws Problem `BAD_USER_INPUT` when it is none that this API made. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  const bytes = Buffer.from(globalId, 'base64url');
  const match = SHAPE.exec(bytes.toString());
  // Only the one spelling that encodeGlobalId writes: base64 tolerates many for the same bytes.
  if (!match?.[1] || !match[2] || bytes.toString('base64url') !== globalId) {
    throw problems.BAD_USER_INPUT('A global id is malformed: pass on ids as the API gave them.');
  }
  return { typename: match[1], id: match[2] };
}

/** Lets the id of a type pass that has global ids. @throws Problem `BAD_USER_INPUT` for any other */
export function assertNode<Id extends { readonly typename: string }>(schema: GraphQLSchema, id: Id): Id {
  const [node, type] = [schema.getType('Node'), schema.getType(id.typename)];
  if (isAbstractType(node) && isObjectType(type) && schema.isSubType(node, type)) return id;
  throw problems.BAD_USER_INPUT('A global id is of no type of this API: pass on ids as the API gave them.');
}
