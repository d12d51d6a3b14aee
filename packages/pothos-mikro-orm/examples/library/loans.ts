import type { SqlEntityManager } from '@mikro-orm/postgresql';
import type { Builder } from './builder.ts';
import { Edition, Loan, Reader } from './entities.ts';

/** Writes a loan; what the client sees of it is read by the plugin, in the same transaction. */
async function borrow(em: SqlEntityManager, reader: number, isbn: string): Promise<number> {
  const edition = await em.findOneOrFail(Edition, isbn);
  const loan = em.create(Loan, { reader, edition, dueOn: '2027-01-31' });
  await em.flush();
  return loan.id;
}

/** Readers and their loans. Adds a field to the catalogue's editions. */
export function loans(builder: Builder): void {
  builder.entityNode(Reader, { fields: (t) => ({ name: t.expose('name') }) });

  builder.entityObject(Loan, {
    fields: (t) => ({
      dueOn: t.expose('dueOn'),
      returnedOn: t.expose('returnedOn'),
      reader: t.relation('reader'),
      edition: t.relation('edition'),
    }),
  });

  builder.entityFields(Edition, (t) => ({
    loans: t.relation('loans', { description: 'Your own, whoever else borrowed it.' }),
  }));
  builder.entityFields(Reader, (t) => ({
    loans: t.inverseConnection(Loan, 'reader', {
      args: { open: t.arg.boolean() },
      query: ({ open }) => ({ where: open ? { returnedOn: null } : {}, orderBy: { dueOn: 'desc' } }),
    }),
  }));

  builder.queryField('me', (t) =>
    t.entityField({ type: Reader, resolve: (read, _root, _args, { reader }) => read({ key: reader }) }),
  );
  builder.mutationField('borrow', (t) =>
    t.entityField({
      type: Loan,
      args: { isbn: t.arg.string({ required: true }) },
      resolve: (read, _root, { isbn }, { em, reader }) =>
        em.transactional(async (tx) => read({ key: await borrow(tx, reader, isbn) })),
    }),
  );
}
