import { visit } from 'graphql';
import { problems } from '../../errors/problems.ts';
import type { DocumentMeasure } from '../document.ts';

/** [SM] Bounds directives: thousands of them on one field keep validation busy. */
export function limitDirectives(max: number): DocumentMeasure {
  return (document) => {
    let directives = 0;
    visit(document, {
      Directive() {
        directives += 1;
      },
    });
    if (directives > max) {
      throw problems.LIMIT_EXCEEDED(`The document has ${directives} directives; ${max} are allowed.`);
    }
  };
}
