import { type Criteria, defineService, LockMode, type Principal, problems } from '../../module.ts';
import { Customer } from './entities/customer.ts';
import { type CustomerFilter, type CustomerOrder, customerCriteria } from './list.ts';

/** What is needed to know a customer. */
export interface CustomerInput {
  name: string;
  email?: string | null | undefined;
  street: string;
  postalCode: string;
  city: string;
  country: string;
  taxId?: string | null | undefined;
  bankAccount?: string | null | undefined;
}

/** What is left out, or null for what a customer must have, stays as it is. */
export type CustomerPatch = { [Field in keyof CustomerInput]?: CustomerInput[Field] | null | undefined };

export const customerService = defineService('customers', ({ em, principal }) => ({
  byId: (id: string) => ({ key: id }),

  list: (filter: CustomerFilter, order: readonly CustomerOrder[]): Criteria<Customer> =>
    customerCriteria(filter, order),

  /**
   * The customer of that id, for something that refers to it: nothing is loaded, the foreign key says whether there is
   * one when it is written. (Row policies are not asked; no customer is hidden from those who may refer to it.)
   */
  reference: (id: string): Customer => em.getReference(Customer, id),

  async create(input: CustomerInput): Promise<string> {
    assertMayChange(principal, input);
    const customer = em.create(Customer, input);
    await em.flush();
    return customer.id;
  },

  /** Changes what the patch names; a version that is no longer the current one is refused. */
  async update(id: string, version: number, patch: CustomerPatch): Promise<string> {
    assertMayChange(principal, patch);
    const customer = await this.get(id);
    await em.lock(customer, LockMode.OPTIMISTIC, version);
    const { email, taxId, bankAccount, ...others } = patch;
    em.assign(customer, { ...named(others), ...given({ email, taxId, bankAccount }) });
    await em.flush();
    return customer.id;
  },

  /** @throws Problem `NOT_FOUND` */
  async get(id: string): Promise<Customer> {
    const customer = await em.findOne(Customer, { id });
    if (!customer) throw problems.NOT_FOUND('There is no such customer.');
    return customer;
  },
}));

/** @throws Problem `FORBIDDEN` where the change names what the caller may not even read */
function assertMayChange(principal: Principal, { taxId, bankAccount }: CustomerPatch): void {
  if ((taxId === undefined && bankAccount === undefined) || principal.may('customers:secrets')) return;
  throw problems.FORBIDDEN('To set a tax id or a bank account takes the permission customers:secrets.');
}

/** The members that the patch has, null too: it takes the value away. */
function given<Patch extends object>(
  patch: Patch,
): { [Field in keyof Patch]?: Exclude<Patch[Field], undefined> } {
  const entries = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Field in keyof Patch]?: Exclude<Patch[Field], undefined> };
}

/** The members that have a value. */
function named<Patch extends object>(patch: Patch): { [Field in keyof Patch]?: NonNullable<Patch[Field]> } {
  const entries = Object.entries(patch).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as { [Field in keyof Patch]?: NonNullable<Patch[Field]> };
}
