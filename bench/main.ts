// npm run bench: Insula side by side with its peers. See bench/README.md.
import { compare } from './compare.ts';
import { readOptions, USAGE, UsageError } from './options.ts';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
} else {
  try {
    await compare(readOptions(args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
