import { type Module, orderModules } from '../module.ts';
import { apiKeys } from './api-keys/index.ts';
import { auditEvents } from './audit-events/index.ts';
import { members } from './members/index.ts';
import { viewer } from './viewer/index.ts';

/** What every SaaS has. */
export const platform: readonly Module[] = [viewer, members, apiKeys, auditEvents];

/** The platform's modules and the given ones, each after those that it depends on. */
export function composeModules(modules: readonly Module[]): readonly Module[] {
  return orderModules([...platform, ...modules]);
}
