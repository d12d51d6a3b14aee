import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';

const text = readFileSync('Dockerfile', 'utf8');
/** What the image is made of: the last stage. */
const image = text.slice(text.lastIndexOf('\nFROM '));

describe('the Dockerfile', () => {
  test('[RI] is valid', () => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
  });

  test('[SM] runs as somebody who is not root', () => {
    expect(image).toMatch(/^USER node$/m);
    expect(image.indexOf('\nUSER ')).toBeLessThan(image.indexOf('\nENTRYPOINT '));
  });

  test('[RI] says how its health is asked', () => {
    expect(image).toMatch(/^HEALTHCHECK .*\/livez/m);
  });

  test('[SM] takes no dependency of development along', () => {
    expect(text).toMatch(/npm ci --omit=dev/);
    expect(image).not.toMatch(/npm|COPY \. /);
  });

  test('[RI] starts what the package’s command starts', () => {
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(image).toContain(`ENTRYPOINT ["node", "${bin.insula}"]`);
  });

  test('[RI] pins its base', () => {
    for (const [, base = ''] of text.matchAll(/^FROM (\S+)/gm)) expect(base).toMatch(/^node:\d+\.\d+\.\d+-/);
  });
});
