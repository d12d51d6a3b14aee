/**
 * Whether PostgreSQL would take a text as a value of a type: the texts that it writes itself, and not all others that
 * it reads. A text that it refuses would be an error of the statement, and abort the whole transaction.
 */
export function isInput(type: string | undefined, text: string): boolean {
  if (text.includes('\0')) return false;
  const check = type === undefined ? undefined : checks[type];
  return check ? check(text) : true;
}

const integer = (bits: bigint) => (text: string) => {
  if (!/^-?\d{1,19}$/.test(text)) return false;
  const value = BigInt(text);
  const bound = 1n << (bits - 1n);
  return value >= -bound && value < bound;
};
const matches = (pattern: RegExp) => (text: string) => pattern.test(text);

const number = matches(/^(-?\d{1,310}(\.\d{1,350})?(e[+-]\d{1,3})?|NaN|-?Infinity)$/);

/** PostgreSQL refuses a number that is too large for the type, and one that is too small for anything but zero. */
function isFloat(least: number, most: number): (text: string) => boolean {
  return (text) => {
    if (!number(text)) return false;
    if (/[IN]/.test(text)) return true;
    const size = Math.abs(Number(text));
    return size <= most && (size >= least || !/^[^e]*[1-9]/.test(text));
  };
}

const day = /^(\d{4,6})-(\d\d)-(\d\d)/;
const clock = /^(\d\d):(\d\d):(\d\d)(\.\d{1,6})?/;
const zone = /^[+-](\d\d)(:[0-5]\d){0,2}$/;

/** `2024-02-29 12:34:56.123456+00 BC`, in parts. */
function isMoment(text: string, parts: { date: boolean; time: boolean; zone: boolean }): boolean {
  if (parts.date && (text === 'infinity' || text === '-infinity')) return true;
  let rest = parts.date && text.endsWith(' BC') ? text.slice(0, -3) : text;
  if (parts.date) {
    const found = day.exec(rest);
    if (!found || !isDay(Number(found[1]), Number(found[2]), Number(found[3]), rest !== text)) return false;
    rest = rest.slice(found[0].length);
    if (parts.time) {
      if (!/^[ T]/.test(rest)) return false;
      rest = rest.slice(1);
    }
  }
  if (parts.time) {
    const found = clock.exec(rest);
    if (!found || Number(found[1]) > 23 || Number(found[2]) > 59 || Number(found[3]) > 59) return false;
    rest = rest.slice(found[0].length);
  }
  if (!parts.zone) return rest === '';
  const found = zone.exec(rest);
  return found !== null && Number(found[1]) <= 15;
}

function isDay(year: number, month: number, date: number, beforeChrist: boolean): boolean {
  if (year < 1 || year > (beforeChrist ? 4713 : 294_275) || month < 1 || month > 12 || date < 1) return false;
  // Astronomical years, in a cycle of 400 that JavaScript surely knows.
  const cycle = 2000 + ((((beforeChrist ? 1 - year : year) % 400) + 400) % 400);
  return date <= new Date(Date.UTC(cycle, month, 0)).getUTCDate();
}

const checks: Readonly<Record<string, (text: string) => boolean>> = {
  int2: integer(16n),
  int4: integer(32n),
  int8: integer(64n),
  numeric: number,
  float4: isFloat(1.2e-38, 3.4e38),
  float8: isFloat(Number.MIN_VALUE, Number.MAX_VALUE),
  bool: matches(/^(t|f|true|false)$/),
  uuid: matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  date: (text) => isMoment(text, { date: true, time: false, zone: false }),
  time: (text) => isMoment(text, { date: false, time: true, zone: false }),
  timetz: (text) => isMoment(text, { date: false, time: true, zone: true }),
  timestamp: (text) => isMoment(text, { date: true, time: true, zone: false }),
  timestamptz: (text) => isMoment(text, { date: true, time: true, zone: true }),
  bytea: matches(/^\\x([0-9a-f]{2})*$/),
};
