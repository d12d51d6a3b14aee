import { makeApiKey } from '../authentication/api-keys.ts';
import type { Principal } from '../authorization/principal.ts';
import type { RolePermissions } from '../authorization/roles.ts';
import type { TenantTransaction } from '../database/transaction.ts';
import { problems } from '../errors/problems.ts';
import { isSubject } from '../tenancy/names.ts';

/** What a new API key may do, and for how long. */
export interface ApiKeyRequest {
  /** For people: what it is for. */
  readonly name: string;
  /** Of those that its maker has. */
  readonly permissions: readonly string[];
  readonly expiresAt: Date;
}

/**
 * Who may enter the tenant: changed in this operation's transaction, and in its audit trail. Every gateway knows within
 * a second of the commit. Nothing here asks for a permission: the field that calls it does.
 */
export interface AccessControl {
  /** @throws Problem `BAD_USER_INPUT`, `OWNERS_ONLY`, `ALREADY_A_MEMBER` */
  addMember(subject: string, roles: readonly string[]): Promise<void>;
  /** Gives a member these roles and no others. @throws Problem `BAD_USER_INPUT`, `NOT_FOUND`, `OWNERS_ONLY`, `LAST_OWNER` */
  changeRoles(subject: string, roles: readonly string[]): Promise<void>;
  /** @throws Problem `NOT_FOUND`, `OWNERS_ONLY`, `LAST_OWNER` */
  removeMember(subject: string): Promise<void>;
  /**
   * @returns the key's id, and all of it, which nobody can ever read again
   * @throws Problem `BAD_USER_INPUT`, `FORBIDDEN`, `TOO_MANY_API_KEYS`
   */
  createApiKey(request: ApiKeyRequest): Promise<{ readonly id: string; readonly text: string }>;
  /** @throws Problem `NOT_FOUND` */
  revokeApiKey(id: string): Promise<void>;
}

const OWNER = 'owner';
const ADD = 'select insula_access.add_member($1, $2) as outcome';
const CHANGE = 'select insula_access.change_member($1, $2, $3) as outcome';
const CREATE_KEY = 'select insula_access.create_api_key($1, $2, $3, $4, $5) as outcome';
const REVOKE_KEY = 'select insula_access.revoke_api_key($1) as outcome';

/** @param roles what roles there are: one that no module mentions would permit nothing */
export function createAccessControl(
  transaction: Pick<TenantTransaction, 'execute'>,
  principal: Principal,
  { roles: known }: Pick<RolePermissions, 'roles'>,
): AccessControl {
  const isOwner = principal.roles.includes(OWNER);

  async function outcomeOf(text: string, values: readonly unknown[]): Promise<unknown> {
    const { rows } = await transaction.execute(text, values);
    return rows[0]?.outcome;
  }

  async function change(subject: string, roles: readonly string[]): Promise<void> {
    switch (await outcomeOf(CHANGE, [subject, roles, isOwner])) {
      case 'unknown':
        throw problems.NOT_FOUND('There is no such member.');
      case 'owners only':
        throw ownersOnly();
      case 'last owner':
        throw problems.LAST_OWNER('This is the last owner: make somebody else an owner first.');
    }
  }

  return {
    async addMember(subject, roles) {
      if (!isSubject(subject)) {
        throw problems.BAD_USER_INPUT('A subject has 1 to 255 characters, and no control characters.');
      }
      const wanted = checked(roles, known);
      if (wanted.includes(OWNER) && !isOwner) throw ownersOnly();
      if ((await outcomeOf(ADD, [subject, wanted])) === 'exists') {
        throw problems.ALREADY_A_MEMBER('They are a member already: change their roles.');
      }
    },
    changeRoles: async (subject, roles) => change(subject, checked(roles, known)),
    removeMember: (subject) => change(subject, []),

    async createApiKey({ name, permissions, expiresAt }) {
      const beyond = permissions.find((permission) => !principal.permissions.has(permission));
      if (beyond !== undefined) {
        throw problems.FORBIDDEN(`You can't give a key the permission "${beyond}": you don't have it.`);
      }
      const { id, text, hash } = makeApiKey();
      const scope = [...new Set(permissions)].sort();
      if ((await outcomeOf(CREATE_KEY, [id, hash, name, scope, expiresAt])) === false) {
        throw problems.TOO_MANY_API_KEYS('This tenant has as many API keys as it can: revoke one.');
      }
      return { id, text };
    },
    async revokeApiKey(id) {
      if ((await outcomeOf(REVOKE_KEY, [id])) === false)
        throw problems.NOT_FOUND('There is no such API key.');
    },
  };
}

function checked(roles: readonly string[], known: ReadonlySet<string>): string[] {
  const unknown = roles.find((role) => !known.has(role));
  if (unknown !== undefined) {
    throw problems.BAD_USER_INPUT(`There is no role "${unknown}"; there are ${[...known].join(', ')}.`);
  }
  if (roles.length === 0) throw problems.BAD_USER_INPUT('A member has at least one role.');
  return [...new Set(roles)].sort();
}

function ownersOnly() {
  return problems.OWNERS_ONLY('Owners alone make and unmake owners.');
}
