/** An IBAN (ISO 13616) as it is stored: without spaces, in capitals. */
export const compact = (text: string): string => text.replace(/\s+/g, '').toUpperCase();

/** Whether a compact text can be an IBAN: its shape, and its check digits (ISO 7064, mod 97-10). */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  return remainder(text) === 1;
}

/** The IBAN of an account number in a country, with its check digits. */
export function ibanOf(country: string, account: string): string {
  const digits = String(98 - remainder(`${country}00${account}`)).padStart(2, '0');
  return `${country}${digits}${account}`;
}

/** Mod 97 of the account, the country and the digits, each letter read as a number from 10 to 35. */
function remainder(iban: string): number {
  const moved = iban.slice(4) + iban.slice(0, 4);
  const digits = moved.replace(/[A-Z]/g, (letter) => String(Number.parseInt(letter, 36)));
  return Number(BigInt(digits) % 97n);
}
