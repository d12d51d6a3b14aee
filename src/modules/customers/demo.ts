import type { RequestContext } from '../../module.ts';
import { type DemoRandom, demoRandom } from '../demo-random.ts';
import { ibanOf } from './bank-account.ts';
import { Customer } from './entities/customer.ts';

const WORDS = {
  acme: ['Alpenblick', 'Brunnen', 'Castell', 'Donau', 'Eichen', 'Falken', 'Gletscher', 'Hanse'],
  globex: ['Aurora', 'Beacon', 'Cascade', 'Delta', 'Evergreen', 'Frontier', 'Granite', 'Harbor'],
} as const;
const TRADES = [
  'Bakery',
  'Bikes',
  'Books',
  'Clinic',
  'Foods',
  'Garden',
  'Logistics',
  'Optics',
  'Print',
  'Studio',
] as const;
const PLACES = [
  ['Zürich', '8001', 'CH'],
  ['Wien', '1010', 'AT'],
  ['Berlin', '10115', 'DE'],
  ['Lyon', '69001', 'FR'],
  ['Torino', '10121', 'IT'],
] as const;
const STREETS = ['Station Road', 'Mill Lane', 'Market Square', 'Harbour Street', 'Church Hill'] as const;

/** A tax id and a bank account as they look in each country; `#` stands for a digit. */
const SECRETS: Readonly<Record<(typeof PLACES)[number][2], { taxId: string; account: string }>> = {
  CH: { taxId: 'CHE-###.###.### MWST', account: '00762############' },
  AT: { taxId: 'ATU########', account: '19043###########' },
  DE: { taxId: 'DE#########', account: '37040044##########' },
  FR: { taxId: 'FR###########', account: '30006##################' },
  IT: { taxId: 'IT###########', account: 'X0542811101############' },
};

const filled = (pattern: string, random: DemoRandom) =>
  pattern.replace(/#/g, () => String(random.between(0, 9)));

/** Four dozen companies, others in every tenant. */
export async function createDemoCustomers({ em, tenant, now }: RequestContext): Promise<void> {
  const random = demoRandom(`${tenant.slug} customers`);
  // Numbers of their own: what there was before stays the same.
  const secret = demoRandom(`${tenant.slug} customers' secrets`);
  const words = tenant.slug === 'globex' ? WORDS.globex : WORDS.acme;
  const day = 24 * 60 * 60 * 1000;
  for (const word of words) {
    for (const trade of TRADES.slice(0, 6)) {
      const [city, postalCode, country] = random.pick(PLACES);
      em.create(Customer, {
        name: `${word} ${trade}`,
        email: `office@${word.toLowerCase()}-${trade.toLowerCase()}.example`,
        street: `${random.pick(STREETS)} ${random.between(1, 120)}`,
        postalCode,
        city,
        country,
        taxId: filled(SECRETS[country].taxId, secret),
        bankAccount: ibanOf(country, filled(SECRETS[country].account, secret)),
        createdAt: new Date(now.getTime() - random.between(200, 900) * day),
      });
    }
  }
  await em.flush();
}
