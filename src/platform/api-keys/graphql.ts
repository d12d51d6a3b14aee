import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { ApiKey } from './entity.ts';
import { apiKeyService } from './service.ts';

const name = z.string().trim().min(1).max(200);
const permissions = z.array(z.string()).min(1, 'A key without a permission opens nothing.').max(200);

/** API keys: list, create, revoke. */
export function defineApiKeyTypes(builder: InsulaBuilder): void {
  builder.entityNode(ApiKey, {
    description: 'A key with which a program enters this tenant: `Authorization: Bearer <secret>`.',
    permission: 'api-keys:read',
    fields: (t) => ({
      name: t.expose('name', { description: 'What it is for.' }),
      permissions: t.expose('permissions', {
        type: ['String'],
        description: 'What it may do, such as invoices:read.',
      }),
      createdBy: t.expose('createdBy', {
        type: 'String',
        description: 'Who made it: `user:` and the subject, or `key:` and the id of another key.',
      }),
      createdAt: t.expose('createdAt', { description: 'When it was made.' }),
      expiresAt: t.expose('expiresAt', { description: 'When it ends.' }),
    }),
  });

  builder.queryFields((t) => ({
    apiKey: t.entityField({
      description: 'The key with that id.',
      permission: 'api-keys:read',
      type: ApiKey,
      nullable: true,
      args: { id: t.arg.globalID({ required: true, for: ApiKey, description: 'Its global id.' }) },
      resolve: (read, _root, { id }, { use }) => read(use(apiKeyService).byId(id.id)),
    }),
    apiKeys: t.entityConnection({
      description: 'The keys of this tenant, the newest first.',
      permission: 'api-keys:read',
      type: ApiKey,
      query: (_root, _args, { use }) => use(apiKeyService).list(),
    }),
  }));

  const CreateApiKeyPayload = builder
    .objectRef<{ id: string; secret: string }>('CreateApiKeyPayload')
    .implement({
      description: 'The new key.',
      permission: 'api-keys:write',
      fields: (t) => ({
        secret: t.exposeString('secret', {
          description: 'The whole key. Keep it now: nobody can read it again.',
        }),
        apiKey: t.entityField({
          type: ApiKey,
          description: 'What is known of it.',
          permission: 'api-keys:read',
          resolve: (read, { id }) => read({ key: id }),
        }),
      }),
    });

  const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
    description: 'What a program may do, and for how long.',
    fields: (t) => ({
      name: t.string({ required: true, description: 'What it is for.', validate: name }),
      permissions: t.stringList({
        required: true,
        description: 'What it may do: some of what you may, as `viewer { permissions }` lists it.',
        validate: permissions,
      }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'When it ends: within 366 days; in 90 days when left out.',
      }),
    }),
  });

  const RevokeApiKeyInput = builder.inputType('RevokeApiKeyInput', {
    description: 'Which key is to end.',
    fields: (t) => ({
      id: t.globalID({ required: true, for: ApiKey, description: 'The global id of the key.' }),
    }),
  });

  builder.mutationFields((t) => ({
    createApiKey: t.field({
      description: 'Makes a key for a program, and shows it this once.',
      permission: 'api-keys:write',
      type: CreateApiKeyPayload,
      args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The new key.' }) },
      resolve: (_root, { input }, { use }) => use(apiKeyService).create(input),
    }),
    revokeApiKey: t.field({
      description: 'Ends a key. Every gateway refuses it within a second.',
      permission: 'api-keys:write',
      type: builder.objectRef<{ id: string }>('RevokeApiKeyPayload').implement({
        description: 'The key that was ended.',
        permission: 'api-keys:read',
        fields: (f) => ({
          revokedApiKeyId: f.globalID({
            description: 'The global id that it had.',
            resolve: ({ id }) => ({ type: 'ApiKey', id }),
          }),
        }),
      }),
      args: { input: t.arg({ type: RevokeApiKeyInput, required: true, description: 'Which key.' }) },
      resolve: async (_root, { input }, { use }) => ({ id: await use(apiKeyService).revoke(input.id.id) }),
    }),
  }));
}
