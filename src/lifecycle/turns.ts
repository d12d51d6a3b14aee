/**
 * Lets a number of tasks run at a time, the others in the order in which they came. What hundreds of subscribers are
 * told at once must not take every connection from those who ask.
 */
export function createTurns(atOnce: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < atOnce) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // A turn that is handed on goes on counting.
      if (next) next();
      else running--;
    }
  };
}
