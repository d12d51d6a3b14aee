import { type Criteria, defineService, problems } from '../../module.ts';
import type { ApiKey } from './entity.ts';

const DAY = 86_400_000;
/** Days: whoever needs a key for longer makes a new one in time. */
const LONGEST = 366;
const USUAL = 90;

export interface ApiKeyInput {
  readonly name: string;
  readonly permissions: readonly string[];
  /** @default in 90 days */
  readonly expiresAt?: Date | null | undefined;
}

export const apiKeyService = defineService('api-keys', ({ access, now }) => ({
  byId: (id: string) => ({ key: id }),

  /** The newest first. */
  list: (): Criteria<ApiKey> => ({ orderBy: { createdAt: 'desc' } }),

  /** @throws Problem `BAD_USER_INPUT`, `FORBIDDEN`, `TOO_MANY_API_KEYS` */
  async create({ name, permissions, expiresAt }: ApiKeyInput): Promise<{ id: string; secret: string }> {
    const end = expiresAt ?? new Date(now.getTime() + USUAL * DAY);
    const days = (end.getTime() - now.getTime()) / DAY;
    if (days <= 0 || days > LONGEST) {
      throw problems.BAD_USER_INPUT(`A key ends in the future, and within ${LONGEST} days.`);
    }
    const { id, text } = await access.createApiKey({ name, permissions, expiresAt: end });
    return { id, secret: text };
  },

  /** @throws Problem `NOT_FOUND` */
  async revoke(id: string): Promise<string> {
    await access.revokeApiKey(id);
    return id;
  },
}));
