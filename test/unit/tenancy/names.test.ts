import { describe, expect, it } from 'vitest';
import { isDomain, isSlug, isSubject, isTenantId } from '../../../src/tenancy/names.ts';

const malformed = [
  '',
  ' ',
  "acme'",
  'acme"; drop schema insula',
  'acme.globex',
  '../acme',
  '..',
  'acme/../globex',
  'ACME',
  'a_b',
  '-acme',
  'acme-',
  'a'.repeat(300),
  'acme\0',
  'acme\n',
  'acmé',
  'аcme', // a Cyrillic а
  'acme\u200b',
  '%61cme',
];

describe('names', () => {
  it.each(['a', 'acme', '4711', 'a-b', 'a'.repeat(63)])('[TI] %s can be a slug', (name) => {
    expect(isSlug(name)).toBe(true);
  });

  it.each(malformed)('[TI] %j is no name of a tenant', (name) => {
    expect([isSlug(name), isTenantId(name)]).toEqual([false, false]);
  });

  it('[TI] an id is never a slug', () => {
    expect(isTenantId('t_0123456789abcdef')).toBe(true);
    expect(isSlug('t_0123456789abcdef')).toBe(false);
  });

  it.each([
    't_0123456789ABCDEF',
    't_0123',
    't_0123456789abcdef0',
    't_0123456789abcde\n',
    'T_0123456789abcdef',
  ])('[TI] %j is no id', (id) => expect(isTenantId(id)).toBe(false));

  it.each([
    ['api.acme.example', true],
    ['xn--bcher-kva.example', true],
    ['localhost', false],
    ['acme..example', false],
    ['.example', false],
    ['acme.example.', false],
    ['127.0.0.1', false],
    ['ACME.example', false],
    [`${'a.'.repeat(130)}example`, false],
    ['acme.example\0', false],
  ])('[TI] whether %j is a domain: %s', (name, expected) => {
    expect(isDomain(name)).toBe(expected);
  });

  it.each([
    ['owner@acme.example', true],
    ['auth0|507f1f77bcf86cd799439011', true],
    ['Ærøskøbing 🏝', true],
    ['', false],
    ['a\nb', false],
    ['a\0', false],
    ['a\u0085b', false],
    ['\ud800', false],
    ['a'.repeat(256), false],
  ])('[AN] whether %j can be a subject: %s', (subject, expected) => {
    expect(isSubject(subject)).toBe(expected);
  });
});
