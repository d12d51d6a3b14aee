// Draws a flame graph of a CPU profile: node --cpu-prof … ; node tools/flame/main.ts PROFILE REQUESTS > graph.svg
// Widths are microseconds per request. Frames under a hundredth of the whole are left out.
import { readFileSync } from 'node:fs';
import { type CpuProfile, callTree, type Frame } from './call-tree.ts';

const WIDTH = 1200;
const ROW = 17;
const SMALLEST = 0.01;

const [path = '', requests = '1'] = process.argv.slice(2);
const profile: CpuProfile = JSON.parse(readFileSync(path, 'utf8'));
const root = callTree(profile);
const shapes: string[] = [];
let depth = 0;
draw(root, 0, 0);
const height = (depth + 1) * ROW;
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">\n` +
    `<rect width="100%" height="100%" fill="#fff"/>\n${shapes.join('\n')}\n</svg>\n`,
);

/** Adds a frame and what it calls below it. @param left of the frame, as a share of the whole */
function draw(frame: Frame, left: number, level: number): void {
  const share = frame.time / root.time;
  if (share < SMALLEST) return;
  depth = Math.max(depth, level);
  const [x, width] = [left * WIDTH, share * WIDTH];
  const micros = (frame.time / Number(requests)).toFixed(1);
  const title = `${frame.name} ${frame.place}: ${micros} µs per request`;
  const label = `${frame.name} ${micros}`.slice(0, Math.max(0, Math.floor(width / 6.7) - 1));
  shapes.push(
    `<g><title>${escaped(title)}</title><rect x="${x.toFixed(1)}" y="${level * ROW}" width="${Math.max(0, width - 0.5).toFixed(1)}" height="${ROW - 1}" fill="${colorOf(frame.place)}"/>` +
      `<text x="${(x + 3).toFixed(1)}" y="${level * ROW + 12}">${escaped(label)}</text></g>`,
  );
  let at = left;
  for (const child of frame.children) {
    draw(child, at, level + 1);
    at += child.time / root.time;
  }
}

/** Ours, Node's and V8's, everybody else's. */
function colorOf(place: string): string {
  if (/^(src|packages)\//.test(place)) return '#f2a65a';
  return place === '' || place.startsWith('node:') ? '#cfd8dc' : '#9ecae1';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
