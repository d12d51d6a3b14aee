import { problems } from '../../errors/problems.ts';

/** [SM] Bounds the text, comments and white space included, before it is parsed and before it is kept. */
export function limitLength(max: number): (text: string) => void {
  return (text) => {
    if (text.length > max) throw problems.LIMIT_EXCEEDED(`The document is longer than ${max} characters.`);
  };
}
