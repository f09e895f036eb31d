import { z } from 'zod'
import { Person } from './task.ts'

export const SecretName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
    error: 'lower-case letters, digits, dots, dashes and underscores',
    abort: true,
  })
  .refine((name) => !name.includes('..'), 'no two dots in a row')

/** What sees a secret: the setup of tasks, or deployments. Never both. */
export const SecretContext = z.enum(['task', 'deployment'])
export type SecretContext = z.infer<typeof SecretContext>

/** How many versions of a secret are kept at most, the newest included. */
export const KEPT_VERSIONS = 5

/** Which of the secrets of one name: the one of an environment, or else the one that every environment has. */
export const SecretPlace = z.strictObject({
  environment: z.string().min(1).max(100).optional().describe('The name or id of an environment'),
  context: SecretContext.default('task'),
})
export type SecretPlace = z.infer<typeof SecretPlace>

/** A file for setup at /run/secrets/NAME, or for deployments. Its content goes in and never comes out. */
export const SecretRequest = SecretPlace.extend({
  name: SecretName,
  content: z
    .string()
    .min(8)
    .max(64 * 1024),
}).meta({ id: 'SecretRequest' })
export type SecretRequest = z.infer<typeof SecretRequest>

export const PruneRequest = z
  .strictObject({
    keep: z.int().min(1).max(KEPT_VERSIONS).default(1).describe('How many of the newest versions stay'),
  })
  .meta({ id: 'PruneRequest' })
export type PruneRequest = z.infer<typeof PruneRequest>

export const SecretVersion = z
  .strictObject({
    version: z.int(),
    bytes: z.int(),
    createdAt: z.string(),
    createdBy: Person.optional(),
    key: z.string().describe('Which key-encryption key it is under'),
  })
  .meta({ id: 'SecretVersion' })
export type SecretVersion = z.infer<typeof SecretVersion>

/** Of the newest version; `versions` holds all that were not destroyed, the newest first. */
export const SecretView = z
  .strictObject({
    name: z.string(),
    environment: z.string().optional(),
    context: SecretContext,
    version: z.int(),
    bytes: z.int(),
    createdAt: z.string(),
    createdBy: Person.optional(),
    lastUsed: z
      .strictObject({ at: z.string(), version: z.int(), task: z.int(), by: Person })
      .optional()
      .describe('For which task, and who had asked for that'),
    versions: z.array(SecretVersion),
  })
  .meta({ id: 'Secret' })
export type SecretView = z.infer<typeof SecretView>

export const SecretList = z.strictObject({ items: z.array(SecretView) }).meta({ id: 'SecretList' })
export type SecretList = z.infer<typeof SecretList>

export const KeyRotation = z
  .strictObject({
    key: z.string().describe('The key-encryption key that everything is under now'),
    rewrapped: z.int().describe('How many versions were under another one'),
  })
  .meta({ id: 'KeyRotation' })
export type KeyRotation = z.infer<typeof KeyRotation>
