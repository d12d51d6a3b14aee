import { visit } from 'graphql';
import { problems } from '../../errors/problems.ts';
import type { DocumentMeasure } from '../document.ts';

/** [SM] Bounds aliases: with them one document asks for the same expensive field again and again. */
export function limitAliases(max: number): DocumentMeasure {
  return (document) => {
    let aliases = 0;
    visit(document, {
      Field(node) {
        if (node.alias) aliases += 1;
      },
    });
    if (aliases > max)
      throw problems.LIMIT_EXCEEDED(`The document has ${aliases} aliases; ${max} are allowed.`);
  };
}
