import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { compact, isIban } from './bank-account.ts';
import { Customer } from './entities/customer.ts';
import { customerService } from './service.ts';

/** Read and written under the same words. */
const meaning = {
  name: 'The person’s or the company’s name.',
  email: 'Where invoices are mailed to.',
  street: 'Street and number.',
  postalCode: 'The postal code, as the country writes it.',
  city: 'The city.',
  country: 'The country, such as CH.',
};

const text = (length: number) => z.string().trim().min(1).max(length);
/** Messages that don't repeat the value: they may end up where it must not be. */
const taxId = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\d][\p{L}\d ./-]{3,29}$/u,
    'A tax id has 4 to 30 letters, digits, spaces, dots, dashes and slashes.',
  );
const bankAccount = z.string().transform(compact).refine(isIban, 'Not an IBAN, or a digit of it is wrong.');
const SECRETS = 'customers:secrets';

/** Customers: read one or a list, create, update. */
export function defineCustomerTypes(builder: InsulaBuilder): void {
  builder.entityNode(Customer, {
    description: 'Someone whom invoices are sent to.',
    permission: 'customers:read',
    fields: (t) => ({
      version: t.expose('version', {
        description: 'Grows with every change; an update names the one it saw.',
      }),
      name: t.expose('name', { description: meaning.name }),
      email: t.expose('email', { type: 'EmailAddress', description: meaning.email }),
      street: t.expose('street', { description: meaning.street }),
      postalCode: t.expose('postalCode', { description: meaning.postalCode }),
      city: t.expose('city', { description: meaning.city }),
      country: t.expose('country', { type: 'CountryCode', description: meaning.country }),
      taxId: t.expose('taxId', {
        permission: SECRETS,
        description: 'As its tax office writes it; stored encrypted.',
      }),
      bankAccount: t.expose('bankAccount', {
        permission: SECRETS,
        description: 'An IBAN without spaces; stored encrypted.',
      }),
      createdAt: t.expose('createdAt', { description: 'When the customer was created.' }),
    }),
  });

  const CustomerFilter = builder.inputType('CustomerFilter', {
    description: 'Which customers: those for whom everything holds that is said.',
    fields: (t) => ({
      search: t.string({ description: 'Part of the name or the city.', validate: text(200) }),
      country: t.field({
        type: ['CountryCode'],
        description: 'In one of these countries.',
        validate: z.array(z.string()).max(250),
      }),
      createdFrom: t.field({ type: 'DateTime', description: 'Created at that time or later.' }),
      createdBefore: t.field({ type: 'DateTime', description: 'Created before that time.' }),
    }),
  });

  const CustomerOrder = builder.enumType('CustomerOrder', {
    description: 'The order of a list of customers.',
    values: {
      NAME: { value: 'name', description: 'By name.' },
      CITY: { value: 'city', description: 'By city.' },
      COUNTRY: { value: 'country', description: 'By country.' },
      NEWEST: { value: 'newest', description: 'Last created first.' },
      OLDEST: { value: 'oldest', description: 'First created first.' },
    } as const,
  });

  builder.queryFields((t) => ({
    customer: t.entityField({
      description: 'The customer with that id.',
      permission: 'customers:read',
      type: Customer,
      nullable: true,
      args: { id: t.arg.globalID({ required: true, for: Customer, description: 'Its global id.' }) },
      resolve: (read, _root, { id }, { use }) => read(use(customerService).byId(id.id)),
    }),
    customers: t.entityConnection({
      description: 'Customers, a page at a time.',
      permission: 'customers:read',
      type: Customer,
      args: {
        filter: t.arg({ type: CustomerFilter, description: 'Which ones; all when left out.' }),
        order: t.arg({
          type: [CustomerOrder],
          defaultValue: ['name'],
          validate: z.array(z.string()).max(5),
          description: 'By the first of these; who is equal there by the next one.',
        }),
      },
      query: (_root, { filter, order }, { use }) =>
        use(customerService).list(filter ?? {}, order ?? ['name']),
    }),
  }));

  // Each mutation has a payload of its own, so that it can grow alone.
  const payloadType = (name: string, description: string) =>
    builder.objectRef<{ id: string }>(name).implement({
      description,
      permission: 'customers:read',
      fields: (t) => ({
        customer: t.entityField({
          type: Customer,
          description: 'The customer as it now is.',
          resolve: (read, { id }) => read({ key: id }),
        }),
      }),
    });

  const CreateCustomerInput = builder.inputType('CreateCustomerInput', {
    description: 'What is needed to send invoices to somebody.',
    fields: (t) => ({
      name: t.string({ required: true, description: meaning.name, validate: text(200) }),
      email: t.field({ type: 'EmailAddress', description: meaning.email }),
      street: t.string({ required: true, description: meaning.street, validate: text(200) }),
      postalCode: t.string({ required: true, description: meaning.postalCode, validate: text(20) }),
      city: t.string({ required: true, description: meaning.city, validate: text(100) }),
      country: t.field({ type: 'CountryCode', required: true, description: meaning.country }),
      taxId: t.string({ validate: taxId, description: 'Needs the permission `customers:secrets`.' }),
      bankAccount: t.string({
        validate: bankAccount,
        description: 'An IBAN. Needs the permission `customers:secrets`.',
      }),
    }),
  });

  const UpdateCustomerInput = builder.inputType('UpdateCustomerInput', {
    description: 'What is left out stays as it is.',
    fields: (t) => ({
      id: t.globalID({ required: true, for: Customer, description: 'The global id of the customer.' }),
      version: t.int({ required: true, description: 'The version that the change is based on.' }),
      name: t.string({ description: meaning.name, validate: text(200) }),
      email: t.field({ type: 'EmailAddress', description: meaning.email }),
      street: t.string({ description: meaning.street, validate: text(200) }),
      postalCode: t.string({ description: meaning.postalCode, validate: text(20) }),
      city: t.string({ description: meaning.city, validate: text(100) }),
      country: t.field({ type: 'CountryCode', description: meaning.country }),
      taxId: t.string({
        validate: taxId,
        description: 'Null takes it away. Needs the permission `customers:secrets`.',
      }),
      bankAccount: t.string({
        validate: bankAccount,
        description: 'An IBAN; null takes it away. Needs the permission `customers:secrets`.',
      }),
    }),
  });

  builder.mutationFields((t) => ({
    createCustomer: t.field({
      description: 'Creates a customer.',
      permission: 'customers:write',
      type: payloadType('CreateCustomerPayload', 'The new customer.'),
      args: {
        input: t.arg({ type: CreateCustomerInput, required: true, description: 'The new customer.' }),
      },
      resolve: async (_root, { input }, { use }) => ({ id: await use(customerService).create(input) }),
    }),
    updateCustomer: t.field({
      description: 'Changes a customer, unless somebody else did so meanwhile.',
      permission: 'customers:write',
      type: payloadType('UpdateCustomerPayload', 'The customer that was changed.'),
      args: {
        input: t.arg({ type: UpdateCustomerInput, required: true, description: 'What is to change.' }),
      },
      resolve: async (_root, { input: { id, version, ...patch } }, { use }) => ({
        id: await use(customerService).update(id.id, version, patch),
      }),
    }),
  }));
}
