/** Messages that a client sends in place of a startup message: without a type byte, a length and a code. */
const CANCEL_REQUEST = 80_877_102;
const SSL_REQUEST = 80_877_103;

/** Asks whether the server speaks TLS. Every server answers with one byte: `S` for yes, `N` for no. */
export function sslRequest(): Buffer {
  return message(SSL_REQUEST);
}

/** Asks the server to cancel what a connection runs. It answers nothing. */
export function cancelRequest(processId: number, secretKey: number): Buffer {
  return message(CANCEL_REQUEST, processId, secretKey);
}

/** The length of the whole, the code and whatever follows, as 32-bit integers in network order. */
function message(code: number, ...rest: readonly number[]): Buffer {
  const numbers = [4 * (2 + rest.length), code, ...rest];
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [position, number] of numbers.entries()) bytes.writeInt32BE(number, 4 * position);
  return bytes;
}
