import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { compact, isIban } from './bank-account.ts';
import { Customer } from './entities/customer.ts';
import { customerService } from './service.ts';

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
      name: t.expose('name'),
      email: t.expose('email', { type: 'EmailAddress' }),
      street: t.expose('street'),
      postalCode: t.expose('postalCode'),
      city: t.expose('city'),
      country: t.expose('country', { type: 'CountryCode' }),
      taxId: t.expose('taxId', {
        permission: SECRETS,
        description: 'As its tax office writes it; stored encrypted.',
      }),
      bankAccount: t.expose('bankAccount', {
        permission: SECRETS,
        description: 'An IBAN without spaces; stored encrypted.',
      }),
      createdAt: t.expose('createdAt'),
    }),
  });

  const CustomerFilter = builder.inputType('CustomerFilter', {
    description: 'Which customers.',
    fields: (t) => ({
      search: t.string({ description: 'Part of the name or the city.', validate: text(200) }),
    }),
  });

  builder.queryFields((t) => ({
    customer: t.entityField({
      description: 'The customer with that id.',
      permission: 'customers:read',
      type: Customer,
      nullable: true,
      args: { id: t.arg.globalID({ required: true, for: Customer }) },
      resolve: (read, _root, { id }, { use }) => read(use(customerService).byId(id.id)),
    }),
    customers: t.entityConnection({
      description: 'Customers by name.',
      permission: 'customers:read',
      type: Customer,
      args: { filter: t.arg({ type: CustomerFilter }) },
      query: (_root, { filter }, { use }) => use(customerService).list(filter ?? {}),
    }),
  }));

  const CustomerPayload = builder.objectRef<{ id: string }>('CustomerPayload').implement({
    description: 'The customer as it now is.',
    permission: 'customers:read',
    fields: (t) => ({
      customer: t.entityField({ type: Customer, resolve: (read, { id }) => read({ key: id }) }),
    }),
  });

  const CreateCustomerInput = builder.inputType('CreateCustomerInput', {
    fields: (t) => ({
      name: t.string({ required: true, validate: text(200) }),
      email: t.field({ type: 'EmailAddress' }),
      street: t.string({ required: true, validate: text(200) }),
      postalCode: t.string({ required: true, validate: text(20) }),
      city: t.string({ required: true, validate: text(100) }),
      country: t.field({ type: 'CountryCode', required: true }),
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
      id: t.globalID({ required: true, for: Customer }),
      version: t.int({ required: true, description: 'The version that the change is based on.' }),
      name: t.string({ validate: text(200) }),
      email: t.field({ type: 'EmailAddress' }),
      street: t.string({ validate: text(200) }),
      postalCode: t.string({ validate: text(20) }),
      city: t.string({ validate: text(100) }),
      country: t.field({ type: 'CountryCode' }),
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
      permission: 'customers:write',
      type: CustomerPayload,
      args: { input: t.arg({ type: CreateCustomerInput, required: true }) },
      resolve: async (_root, { input }, { use }) => ({ id: await use(customerService).create(input) }),
    }),
    updateCustomer: t.field({
      permission: 'customers:write',
      type: CustomerPayload,
      args: { input: t.arg({ type: UpdateCustomerInput, required: true }) },
      resolve: async (_root, { input: { id, version, ...patch } }, { use }) => ({
        id: await use(customerService).update(id.id, version, patch),
      }),
    }),
  }));
}
