import { z } from 'zod';
import type { InsulaBuilder } from '../../module.ts';
import { Member } from './entity.ts';
import { memberService } from './service.ts';

const subject = z.string().min(1).max(255);
const roles = z.array(z.string()).min(1, 'A member has at least one role.').max(20);

/** Members: list, add, change roles, remove. */
export function defineMemberTypes(builder: InsulaBuilder): void {
  builder.entityNode(Member, {
    description: 'Somebody who may enter this tenant.',
    permission: 'members:read',
    fields: (t) => ({
      subject: t.expose('id', { type: 'String', description: 'The `sub` of their tokens.' }),
      roles: t.expose('roles', { type: ['String'], description: 'What they are here, such as owner.' }),
      addedAt: t.expose('addedAt', { description: 'Since when.' }),
    }),
  });

  builder.queryFields((t) => ({
    member: t.entityField({
      description: 'The member with that id.',
      permission: 'members:read',
      type: Member,
      nullable: true,
      args: { id: t.arg.globalID({ required: true, for: Member, description: 'Their global id.' }) },
      resolve: (read, _root, { id }, { use }) => read(use(memberService).byId(id.id)),
    }),
    members: t.entityConnection({
      description: 'Who may enter this tenant, in the order of their subjects.',
      permission: 'members:read',
      type: Member,
      query: (_root, _args, { use }) => use(memberService).list(),
    }),
  }));

  const payloadType = (name: string, description: string) =>
    builder.objectRef<{ id: string }>(name).implement({
      description,
      permission: 'members:read',
      fields: (t) => ({
        member: t.entityField({
          type: Member,
          description: 'The member as they now are.',
          resolve: (read, { id }) => read({ key: id }),
        }),
      }),
    });

  const AddMemberInput = builder.inputType('AddMemberInput', {
    description: 'Whom to let in, and as what.',
    fields: (t) => ({
      subject: t.string({ required: true, description: 'The `sub` of their tokens.', validate: subject }),
      roles: t.stringList({ required: true, description: 'What they are to be.', validate: roles }),
    }),
  });

  const ChangeMemberRolesInput = builder.inputType('ChangeMemberRolesInput', {
    description: 'Who is to be what.',
    fields: (t) => ({
      id: t.globalID({ required: true, for: Member, description: 'The global id of the member.' }),
      roles: t.stringList({ required: true, description: 'These and no others.', validate: roles }),
    }),
  });

  const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
    description: 'Who is to leave.',
    fields: (t) => ({
      id: t.globalID({ required: true, for: Member, description: 'The global id of the member.' }),
    }),
  });

  builder.mutationFields((t) => ({
    addMember: t.field({
      description: 'Lets somebody into this tenant. Owners alone make owners.',
      permission: 'members:write',
      type: payloadType('AddMemberPayload', 'The new member.'),
      args: { input: t.arg({ type: AddMemberInput, required: true, description: 'Who, and as what.' }) },
      async resolve(_root, { input }, { access }) {
        await access.addMember(input.subject, input.roles);
        return { id: input.subject };
      },
    }),
    changeMemberRoles: t.field({
      description: 'Gives a member other roles, felt within a second. Owners alone make and unmake owners.',
      permission: 'members:write',
      type: payloadType('ChangeMemberRolesPayload', 'The member who was changed.'),
      args: {
        input: t.arg({ type: ChangeMemberRolesInput, required: true, description: 'Who, and what.' }),
      },
      async resolve(_root, { input }, { access }) {
        await access.changeRoles(input.id.id, input.roles);
        return { id: input.id.id };
      },
    }),
    removeMember: t.field({
      description: 'Takes a membership away, felt within a second. The last owner can’t leave.',
      permission: 'members:write',
      type: builder.objectRef<{ id: string }>('RemoveMemberPayload').implement({
        description: 'The member who was removed.',
        permission: 'members:read',
        fields: (f) => ({
          removedMemberId: f.globalID({
            description: 'The global id that they had.',
            resolve: ({ id }) => ({ type: 'Member', id }),
          }),
        }),
      }),
      args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'Who.' }) },
      async resolve(_root, { input }, { access }) {
        await access.removeMember(input.id.id);
        return { id: input.id.id };
      },
    }),
  }));
}
