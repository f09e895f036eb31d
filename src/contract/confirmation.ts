import { z } from 'zod'
import { pageOf } from './api.ts'
import { Person } from './task.ts'

/** Something that waits for somebody else to confirm it. */
export const Confirmation = z
  .strictObject({
    id: z.string(),
    action: z.string(),
    place: z.string().describe('Such as Project prj_… or Environment env_…'),
    facts: z.record(z.string(), z.unknown()).describe('What is known of it'),
    about: z.string().describe('In words, what else is to be known of it'),
    askedBy: Person,
    askedAt: z.string(),
    expiresAt: z.string(),
    givenBy: Person.optional(),
  })
  .meta({ id: 'Confirmation' })
export type Confirmation = z.infer<typeof Confirmation>
export const ConfirmationPage = pageOf(Confirmation, 'ConfirmationPage')
