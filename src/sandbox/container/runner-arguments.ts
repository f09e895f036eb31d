import { realpathSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { HostUser } from '../host-user.ts'
import { IMAGE_NAME } from './engine.ts'
import { RUNTIMES, type RunnerOptions } from './runner-options.ts'
import type { ListenOptions } from './runner-socket.ts'

const Directory = z
  .string()
  .refine((path) => isAbsolute(path) && path !== '/', 'must be an absolute path of a directory')
  .transform((path, context) => {
    try {
      return realpathSync(path)
    } catch {
      context.addIssue({ code: 'custom', message: `${path} does not exist` })
      return z.NEVER
    }
  })

const User = z
  .string()
  .regex(/^[1-9]\d{0,9}:[1-9]\d{0,9}$/, 'must be UID:GID, and neither of them 0')
  .transform(toUser)

const Arguments = z.strictObject({
  engine: z
    .string({ error: 'is required' })
    .regex(/^unix:\/\/\/./, 'must be unix:///… : an engine elsewhere has other files than this host')
    .transform((address) => address.slice('unix://'.length)),
  socket: z.string({ error: 'is required' }).refine(isAbsolute, 'must be an absolute path'),
  installation: z
    .string({ error: 'is required' })
    .regex(/^[a-z0-9]{1,40}$/, 'is lower-case letters and digits'),
  user: User,
  for: z
    .string()
    .regex(/^\d{1,10}:\d{1,10}$/, 'must be UID:GID')
    .transform(toUser)
    .optional(),
  writable: z.array(Directory).min(1),
  readable: z.array(Directory).default([]),
  directory: Directory,
  image: z.string().max(300).regex(IMAGE_NAME, 'is no name of an image').default('host'),
  runtime: z.enum(RUNTIMES).default('runc'),
})

export interface RunnerSetUp {
  readonly options: Omit<RunnerOptions, 'clock'>
  readonly listen: ListenOptions
}

/** What stands on the runner's command line; refused with the name of the argument that is missing or wrong. */
export function readRunnerArguments(values: unknown): Result<RunnerSetUp> {
  const parsed = Arguments.safeParse(values)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`)
    return refused({ code: 'invalid_configuration', message: problems.join('; ') })
  }
  const { engine, socket, installation, user, writable, readable, directory, image, runtime } = parsed.data
  return ok({
    options: {
      engine,
      prefix: installation,
      user,
      runtime,
      image,
      writableRoots: writable,
      readableRoots: readable,
      directory,
    },
    listen: { socket, ...(parsed.data.for === undefined ? {} : { owner: parsed.data.for }) },
  })
}

function toUser(text: string): HostUser {
  const [uid = 0, gid = 0] = text.split(':').map(Number)
  return { uid, gid }
}
