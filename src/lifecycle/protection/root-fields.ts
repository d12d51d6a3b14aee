import { problems } from '../../errors/problems.ts';
import type { DocumentMeasure } from '../document.ts';
import { operationsOf, rootFieldsOf } from './fragments.ts';

/** [SM] Bounds the root fields of an operation: each of them is at least one statement to the database. */
export function limitRootFields(max: number): DocumentMeasure {
  return (document) => {
    for (const operation of operationsOf(document)) {
      const keys = new Set(rootFieldsOf(document, operation).map(({ alias, name }) => (alias ?? name).value));
      if (keys.size > max) {
        throw problems.LIMIT_EXCEEDED(`The operation has ${keys.size} root fields; ${max} are allowed.`);
      }
    }
  };
}
