import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../src/module.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';
import { DOORS, startGateway, type TestGateway } from '../../support/gateway.ts';

const COUNT = 'mutation Count { countSerializable }';

describe.each(DOORS)('a mutation that asks for SERIALIZABLE (doors: %s)', (doors) => {
  let gateway: TestGateway;
  /** What happens between the mutation's reading and its writing. */
  let between: (context: RequestContext) => Promise<void> = async () => {};
  beforeAll(async () => {
    gateway = await startGateway({
      modules: [createNotesModule({ paused: (context) => between(context) })],
      doors,
    });
  });
  afterEach(() => {
    between = async () => {};
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const ask = (query = COUNT) => gateway.ask({ tenant: 'north', query });
  const notes = async () => {
    const rows = await gateway.rows<{ text: string }>('north', 'select text from note order by text');
    return rows.map(({ text }) => text);
  };

  test('[SI] the whole mutation runs at that level, for the sake of one of its fields; others don’t', async () => {
    const levels: unknown[] = [];
    between = async ({ em }) => {
      const [row] = await em.execute<{ level: string }[]>(
        `select current_setting('transaction_isolation') as level`,
      );
      levels.push(row?.level);
    };
    await ask('mutation { pause }');
    await ask('mutation { pause countSerializable }');
    expect(levels).toEqual(['read committed', 'serializable', 'serializable']);
  });

  test('[SC SD] those that met are repeated, and each has seen what the others wrote', async () => {
    const writers = 3;
    const before = await notes();
    let reading = 0;
    const all = Promise.withResolvers<void>();
    // All have counted before the first one writes; repetitions go through.
    between = () => {
      reading += 1;
      if (reading === writers) all.resolve();
      return all.promise;
    };
    const replies = await Promise.all(Array.from({ length: writers }, () => ask()));

    expect(replies.map(({ status, body }) => [status, body.errors])).toEqual(
      replies.map(() => [200, undefined]),
    );
    const counts = replies.map(({ body }) => Number(body.data?.countSerializable)).toSorted();
    expect(counts).toEqual([0, 1, 2].map((more) => before.length + more));
    expect(await notes()).toEqual([...before, ...counts.map((count) => `number ${count}`)].toSorted());
    const attempts = await Promise.all(replies.map(async (reply) => (await gateway.logLine(reply)).attempts));
    expect(Math.max(...attempts.map(Number))).toBeGreaterThan(1);
  });

  test('[SC EH] whoever loses every time is told to come back, and nothing of theirs is kept', async () => {
    let inner = false;
    between = async () => {
      if (inner) return;
      inner = true;
      // Somebody else reads the same and writes, each time before we do.
      const { status } = await ask();
      expect(status).toBe(200);
      inner = false;
    };
    const before = await notes();
    const reply = await ask();
    expect([reply.status, reply.body.data]).toEqual([409, null]);
    expect(reply.body.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    const { attempts } = await gateway.logLine(reply);
    expect(attempts).toBe(5);
    // One of somebody else's for each attempt.
    expect(await notes()).toHaveLength(before.length + 5);
  });
});
