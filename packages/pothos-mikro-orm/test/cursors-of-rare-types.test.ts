import { defineEntity } from '@mikro-orm/postgresql';
import { expect, it } from 'vitest';
import { createSmallWorld } from './support/small-world.ts';

const StepSchema = defineEntity({
  name: 'Step',
  properties: (p) => ({ id: p.integer().primary(), takes: p.string().columnType('interval').nullable() }),
});
class Step extends StepSchema.class {}
StepSchema.setClass(Step);

it('[DV] a cursor that only PostgreSQL can judge is refused as any other', async () => {
  await using world = await createSmallWorld(
    [Step],
    (builder) => {
      builder.entityObject(Step, { fields: (t) => ({ id: t.expose('id') }) });
      builder.queryType({
        fields: (t) => ({
          steps: t.entityConnection({ type: Step, query: () => ({ orderBy: { takes: 'asc' } }) }),
        }),
      });
    },
    { seed: "insert into step values (1, '1 day'), (2, '1 month'), (3, null)" },
  );
  const ask = (values: unknown) =>
    world.ask(
      `{ steps(after: "${Buffer.from(JSON.stringify(values)).toString('base64url')}") { nodes { id } } }`,
    );
  expect((await ask(['nonsense', '1'])).errors).toEqual(['The cursor is not one of this connection.']);
  expect((await ask(['1 day', '1'])).data).toEqual({ steps: { nodes: [{ id: '2' }, { id: '3' }] } });
  expect((await ask([null, '2'])).data).toEqual({ steps: { nodes: [{ id: '3' }] } });
});
