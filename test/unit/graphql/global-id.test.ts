import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../../src/graphql/global-id.ts';

describe('global ids', () => {
  test('[DV] come back as they went out', () => {
    const key = fc
      .string({ minLength: 1, maxLength: 100, unit: 'grapheme' })
      .filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(key, (id) => {
        expect(decodeGlobalId(encodeGlobalId('Invoice', id))).toEqual({ typename: 'Invoice', id });
      }),
    );
  });

  test.each([
    ['empty', ''],
    ['no base64', '%%%'],
    ['no type', Buffer.from(':1').toString('base64url')],
    ['no key', Buffer.from('Invoice:').toString('base64url')],
    ['no colon', Buffer.from('Invoice').toString('base64url')],
    ['a NUL byte', Buffer.from('Invoice:\0').toString('base64url')],
    ['padding, a second spelling', `${encodeGlobalId('Invoice', '1')}=`],
    ['a path', '../../etc/passwd'],
    ['a key beyond all measure', encodeGlobalId('Invoice', 'x'.repeat(2000))],
  ])('[DV] one that this API did not make is refused: %s', (_what, id) => {
    expect(() => decodeGlobalId(id)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
