// Run as a process of its own: joins the server in a directory, says so, and leaves when its input ends.
import { startEmbedded } from '../../../src/database/embedded/index.ts';

const [directory = '', safety] = process.argv.slice(2);
const { url, pid, adopted, stop } = await startEmbedded({ directory, throwaway: safety !== 'durable' });
process.stdout.write(`${JSON.stringify({ url, pid, adopted })}\n`);
for await (const _ of process.stdin);
await stop();
