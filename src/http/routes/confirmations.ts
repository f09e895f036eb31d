import { z } from 'zod'
import { Confirmation, ConfirmationPage } from '#contract/confirmation.ts'
import { jsonRoute, type Route } from '../route.ts'

export const confirmationRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/confirmations',
    action: 'confirmation.list',
    place: 'seen',
    summary: 'What waits for a second person: your own, and what you could do yourself',
    reply: ConfirmationPage,
    run: ({ application, actor }) => application.listConfirmations(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/confirmations/{confirmation}',
    action: 'confirmation.give',
    place: 'within',
    summary: 'Confirm what somebody else asked for; good for one time, within the hour',
    params: z.strictObject({
      confirmation: z.string().regex(/^cnf_[0-9a-hjkmnp-tv-z]{20}$/, 'a cnf_… id'),
    }),
    reply: Confirmation,
    run: ({ application, actor, params }) => application.giveConfirmation(actor, params.confirmation),
  }),
]
