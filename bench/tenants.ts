// npm run bench:tenants: how Insula stands with many tenants. See bench/README.md.
import { UsageError } from './options.ts';
import { compareSpreads } from './spread/compare.ts';
import { readSpreadOptions, USAGE } from './spread/options.ts';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
} else {
  try {
    await compareSpreads(readSpreadOptions(args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
