import { realpathSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import { z } from 'zod'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { HostUser } from '../host-user.ts'
import { IMAGE_NAME } from './engine.ts'
import { foreignHand } from './foreign-hand.ts'
import { RUNTIMES, type RunnerOptions } from './runner-options.ts'
import type { ListenOptions } from './runner-socket.ts'

const Directory = z
  .string()
  .refine((path) => isAbsolute(path) && path !== '/', 'must be an absolute path of a directory')
  .transform((path, context) => {
    const real = realpath(path)
    if (real !== undefined) return real
    context.addIssue({ code: 'custom', message: `${path} does not exist` })
    return z.NEVER
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
  readonly options: Omit<RunnerOptions, 'stopwatch'>
  readonly listen: ListenOptions
}

/** What stands on the runner's command line; refused with the name of the argument that is missing or wrong. */
export function readRunnerArguments(values: unknown): Result<RunnerSetUp> {
  const parsed = Arguments.safeParse(values)
  const problems = parsed.success
    ? weakPlaces(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`)
  if (!parsed.success || problems.length > 0)
    return refused({ code: 'invalid_configuration', message: problems.join('; ') })
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

/** Who could change the runner's own files would choose the filter of its sandboxes, or be given a file of root's. */
function weakPlaces({ engine, socket, directory, writable, readable }: z.infer<typeof Arguments>): string[] {
  const above = realpath(dirname(socket))
  if (above === undefined) return [`--socket ${dirname(socket)} does not exist`]
  const roots = [...writable, ...readable]
  const isBelow = (path: string, roots: readonly string[]) =>
    roots.some((root) => path === root || path.startsWith(`${root}/`))
  const hand = (name: string, path: string) => {
    const place = foreignHand(path)
    return place === undefined ? [] : [`--${name} somebody else may write to ${place}, or owns it`]
  }
  return [
    ...hand('directory', directory),
    ...hand('socket', above),
    ...(isBelow(directory, writable) ? ['--directory lies below --writable'] : []),
    ...(isBelow(above, roots) ? ['--socket lies where sandboxes look'] : []),
    ...(isBelow(realpath(engine) ?? engine, roots) ? ['--engine lies where sandboxes look'] : []),
  ]
}

function realpath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function toUser(text: string): HostUser {
  const [uid = 0, gid = 0] = text.split(':').map(Number)
  return { uid, gid }
}
