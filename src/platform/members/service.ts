import { type Criteria, defineService } from '../../module.ts';
import type { Member } from './entity.ts';

export const memberService = defineService('members', () => ({
  byId: (id: string) => ({ key: id }),

  /** In the order of their subjects. */
  list: (): Criteria<Member> => ({ orderBy: { id: 'asc' } }),
}));
