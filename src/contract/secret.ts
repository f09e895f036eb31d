import { z } from 'zod'

export const SecretName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
    error: 'lower-case letters, digits, dots, dashes and underscores',
    abort: true,
  })
  .refine((name) => !name.includes('..'), 'no two dots in a row')

/** A file that setup sees at /run/secrets/NAME. Its content goes in and never comes out. */
export const SecretRequest = z
  .strictObject({
    name: SecretName,
    content: z
      .string()
      .min(8)
      .max(64 * 1024),
  })
  .meta({ id: 'SecretRequest' })
export type SecretRequest = z.infer<typeof SecretRequest>

export const SecretView = z
  .strictObject({ name: z.string(), bytes: z.int(), createdAt: z.string() })
  .meta({ id: 'Secret' })
export type SecretView = z.infer<typeof SecretView>

export const SecretList = z.strictObject({ items: z.array(SecretView) }).meta({ id: 'SecretList' })
export type SecretList = z.infer<typeof SecretList>
