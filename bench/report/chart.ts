/** A group of bars under one title. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly text: string }[];
}

const WIDTH = 760;
const LABEL = 110;
const TEXT = 150;
const BAR = 18;
const GROUP = 34;
const COLOURS: Readonly<Record<string, string>> = { insula: '#b5432e' };
const OTHERS = '#9aa5b1';

/**
 * Horizontal bars as SVG. Each group has a scale of its own: what is compared stands in one group.
 *
 * @param caption what the length of a bar is
 */
export function barChart(caption: string, groups: readonly BarGroup[]): string {
  const parts: string[] = [];
  let y = 28;
  for (const { title, bars } of groups) {
    parts.push(`<text x="0" y="${y}" font-weight="bold">${escaped(title)}</text>`);
    y += 8;
    const longest = Math.max(...bars.map(({ value }) => value));
    for (const { label, value, text } of bars) {
      const length = Math.max(1, ((WIDTH - LABEL - TEXT) * value) / longest);
      parts.push(
        `<text x="${LABEL - 8}" y="${y + BAR - 5}" text-anchor="end">${escaped(label)}</text>`,
        `<rect x="${LABEL}" y="${y}" width="${length.toFixed(1)}" height="${BAR - 3}" fill="${COLOURS[label] ?? OTHERS}"/>`,
        `<text x="${(LABEL + length + 6).toFixed(1)}" y="${y + BAR - 5}">${escaped(text)}</text>`,
      );
      y += BAR;
    }
    y += GROUP;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="12">
<title>${escaped(caption)}</title>
<rect width="${WIDTH}" height="${y}" fill="#fff"/>
<text x="${WIDTH}" y="12" text-anchor="end" fill="#555">${escaped(caption)}</text>
${parts.join('\n')}
</svg>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);
