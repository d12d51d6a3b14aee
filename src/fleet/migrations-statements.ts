/** What may hold a semicolon that ends no statement, and the words that open and close a function's SQL body. */
const TOKEN =
  /--[^\n]*|\/\*|e'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|;/giy;

/**
 * Splits SQL into its statements, without their semicolons and without the comments before them. Knows quotes, dollar
 * quotes, nested comments and `begin atomic` bodies.
 *
 * @throws Error when a quote or a comment does not end.
 */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let start: number | undefined; // of the statement: its first character that is neither blank nor comment
  let depth = 0; // of begin atomic … end
  let position = 0;
  const finish = () => {
    if (start !== undefined) statements.push(text.slice(start, position).trim());
    start = undefined;
    depth = 0;
  };
  while (position < text.length) {
    TOKEN.lastIndex = position;
    const token = TOKEN.exec(text)?.[0];
    if (token === ';' && depth === 0) {
      finish();
      position += 1;
    } else if (token?.startsWith('--')) {
      position += token.length;
    } else if (token === '/*') {
      position = endOfComment(text, position);
    } else {
      const character = token ?? text.charAt(position);
      if (character.trim() !== '') start ??= position;
      if (token === undefined && /['"]/.test(character)) throw unended('quote', text, position);
      depth += depthOf(character, depth, text.slice(position));
      position = /^\$.*\$$/.test(character)
        ? endOfDollarQuote(text, position, character)
        : position + character.length;
    }
  }
  finish();
  return statements;
}

/** Splits the columns of a table, or the clauses of an `alter table`: at commas outside of quotes and parentheses. */
export function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const token of text.match(/'(?:''|[^'])*'|"(?:""|[^"])*"|[(),]|[^'"(),]+/g) ?? []) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim());
}

function depthOf(token: string, depth: number, rest: string): number {
  if (depth === 0) return /^begin\s+atomic\b/i.test(rest) ? 1 : 0;
  if (/^case$/i.test(token)) return 1;
  return /^end$/i.test(token) ? -1 : 0;
}

function endOfComment(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  for (let depth = 0; ; ) {
    const found = mark.exec(text);
    if (!found) throw unended('comment', text, start);
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
}

function endOfDollarQuote(text: string, start: number, quote: string): number {
  const end = text.indexOf(quote, start + quote.length);
  if (end < 0) throw unended('dollar quote', text, start);
  return end + quote.length;
}

function unended(what: string, text: string, start: number): Error {
  return new Error(`A ${what} does not end: ${text.slice(start, start + 40)}`);
}
