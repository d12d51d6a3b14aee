import { describe, expect, test } from 'vitest';
import { compact, ibanOf, isIban } from '../../../src/modules/customers/bank-account.ts';

describe('bank accounts', () => {
  test.each([
    'CH93 0076 2011 6238 5295 7',
    'DE89 3704 0044 0532 0130 00',
    'AT61 1904 3002 3457 3201',
    'FR14 2004 1010 0505 0001 3M02 606',
    'IT60 X054 2811 1010 0000 0123 456',
    'no93 8601 1117 947',
  ])('[DV] %s is an IBAN', (text) => {
    expect(isIban(compact(text))).toBe(true);
  });

  test.each([
    ['a digit that is wrong', 'CH9300762011623852958'],
    ['two digits that were exchanged', 'CH9300762011623852975'],
    ['a letter that is wrong', 'FR1420041010050500013N02606'],
    ['too short', 'CH9300762'],
    ['too long', `CH93${'0'.repeat(40)}`],
    ['no country', '0093007620116238529570'],
    ['other characters', 'CH93-0076-2011-6238-5295-7'],
    ['nothing', ''],
  ])('[DV] %s is none', (_, text) => {
    expect(isIban(text)).toBe(false);
  });

  test('[DV] check digits are those of the standard', () => {
    expect(ibanOf('CH', '00762011623852957')).toBe('CH9300762011623852957');
    expect(ibanOf('DE', '370400440532013000')).toBe('DE89370400440532013000');
    expect(ibanOf('FR', '20041010050500013M02606')).toBe('FR1420041010050500013M02606');
  });
});
