import { z } from 'zod';
import {
  defineJob,
  defineModule,
  type InsulaBuilder,
  type RequestContext,
  type Schedule,
} from '../../../src/module.ts';
import { createNotesModule } from '../../fixtures/notes/index.ts';

/** Where a test steps in. */
export interface EffectHooks {
  /** Called inside the session, after the effect. */
  readonly inside?: (context: RequestContext, text: string) => Promise<void>;
  /** Called outside of it. */
  readonly outside?: (text: string, key: string, signal: AbortSignal) => Promise<void>;
  readonly at?: Schedule['at'];
}

const note = z.object({ text: z.string() });

/** Jobs whose effect is a note: two effects are two notes. */
export function createEffects(hooks: EffectHooks = {}) {
  const write = async (context: RequestContext, text: string) => {
    await context.em.execute('insert into note (id, text) values (gen_random_uuid(), ?)', [text]);
    await hooks.inside?.(context, text);
  };
  const add = defineJob({
    name: 'effects:add',
    payload: note,
    run: (context, { text }) => write(context, text),
  });
  const send = defineJob({
    name: 'effects:send',
    payload: note,
    outside: {
      prepare: async (_context, { text }) => (text === 'nothing to send' ? undefined : text),
      send: async (text, { key, signal, mail }) => {
        if (hooks.outside) await hooks.outside(text, key, signal);
        else await mail({ to: { name: 'X, Y', address: 'x@example.com' }, subject: text, text });
      },
    },
    run: (context, { text }) => write(context, text),
  });
  const daily = defineJob({
    name: 'effects:daily',
    payload: z.object({ on: z.iso.date() }),
    run: (context, { on }) => write(context, `daily ${on}`),
  });
  const notes = createNotesModule();
  const effects = defineModule({
    name: 'effects',
    dependsOn: [notes],
    jobs: [add, send, daily],
    schedules: hooks.at ? [{ job: daily, every: 'day', at: hooks.at }] : [],
    types: (builder: InsulaBuilder) =>
      builder.mutationFields((t) => ({
        effect: t.boolean({
          permission: 'public',
          args: {
            text: t.arg.string({ required: true }),
            times: t.arg.int({ required: true, defaultValue: 1 }),
            outside: t.arg.boolean({ required: true, defaultValue: false }),
          },
          resolve: async (_root, { text, times, outside }, { enqueue }) => {
            for (let n = 0; n < times; n++) {
              await enqueue(outside ? send : add, { text: times > 1 ? `${text} ${n}` : text });
            }
            return true;
          },
        }),
      })),
  });
  return [notes, effects];
}
