import type { InsulaBuilder, Principal } from '../../module.ts';

interface ViewerMembership {
  tenant: string;
  roles: readonly string[];
}

/** The caller: roles and permissions here, and every tenant that they are a member of. */
export function defineViewerTypes(builder: InsulaBuilder): void {
  const MembershipType = builder.objectRef<ViewerMembership>('Membership').implement({
    description: 'The caller’s place in a tenant.',
    permission: 'public',
    fields: (t) => ({
      tenant: t.exposeString('tenant', { description: 'The tenant’s slug.' }),
      roles: t.stringList({
        description: 'What the caller is there, such as owner.',
        resolve: ({ roles }) => [...roles].sort(),
      }),
    }),
  });

  const ViewerType = builder.objectRef<Principal>('Viewer').implement({
    description: 'The caller, in this tenant.',
    permission: 'public',
    fields: (t) => ({
      subject: t.exposeString('subject', { description: 'Who the token was issued for.' }),
      roles: t.stringList({
        description: 'What the caller is in this tenant, such as owner.',
        resolve: ({ roles }) => [...roles].sort(),
      }),
      permissions: t.stringList({
        description: 'What the caller may do here, such as invoices:write.',
        resolve: ({ permissions }) => [...permissions].sort(),
      }),
      memberships: t.field({
        type: [MembershipType],
        description: 'Every tenant in which the caller is a member, this one too.',
        resolve: async (_principal, _args, { memberships }) =>
          (await memberships()).map(({ tenant, roles }) => ({ tenant: tenant.slug, roles })),
      }),
    }),
  });

  builder.queryFields((t) => ({
    viewer: t.field({
      description: 'Who am I?',
      permission: 'public',
      type: ViewerType,
      resolve: (_root, _args, { principal }) => principal,
    }),
  }));
}
