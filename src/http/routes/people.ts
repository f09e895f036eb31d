import { z } from 'zod'
import { MemberPage, MemberRequest, NewMember, PageRequest } from '#contract/api.ts'
import { NewPasswordReset, PasswordResetRequest } from '#contract/sign-in.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

const PersonParams = z.strictObject({
  person: z.string().regex(/^usr_[0-9a-hjkmnp-tv-z]{20}$/, 'a usr_… id'),
})

export const peopleRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/people',
    action: 'person.list',
    place: 'organisation',
    summary: 'The members of this organisation and their roles',
    query: PageRequest,
    reply: MemberPage,
    run: ({ application, actor, query }) => application.listPeople(actor, query),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/people',
    action: 'person.create',
    place: 'within',
    summary: 'Add a person; their token is shown this once',
    body: MemberRequest,
    status: 201,
    reply: NewMember,
    run: ({ application, actor, body }) => application.addPerson(actor, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/people/{person}',
    action: 'person.remove',
    place: 'within',
    summary: 'Remove a person; their tokens stop at once',
    params: PersonParams,
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.removePerson(actor, params.person)),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/people/{person}/password-resets',
    action: 'person.reset-password',
    place: 'within',
    summary: 'Let a member choose a new password; the link is shown this once, give it to them yourself',
    params: z.strictObject({ person: z.string().min(1).max(320).describe('A usr_… id or an address') }),
    body: PasswordResetRequest,
    status: 201,
    reply: NewPasswordReset,
    run: ({ application, actor, params, body }) => application.resetPassword(actor, params.person, body),
  }),
]
