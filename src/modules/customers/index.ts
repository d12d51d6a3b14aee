import { defineModule } from '../../module.ts';
import { createDemoCustomers } from './demo.ts';
import { Customer } from './entities/customer.ts';
import { defineCustomerTypes } from './graphql.ts';
import { customerService } from './service.ts';

export { Customer } from './entities/customer.ts';
export { containing } from './list.ts';
export { customerService } from './service.ts';

export const customers = defineModule({
  name: 'customers',
  entities: [Customer],
  migrations: new URL('./migrations/', import.meta.url),
  types: defineCustomerTypes,
  services: [customerService],
  permissions: {
    'customers:read': ['owner', 'admin', 'accountant', 'viewer'],
    'customers:write': ['owner', 'admin', 'accountant'],
    'customers:secrets': ['owner', 'accountant'],
  },
  examples: new URL('./examples/', import.meta.url),
  demo: createDemoCustomers,
});
