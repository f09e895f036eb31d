import { z } from 'zod'

/**
 * A host in its one spelling: a name with a dot, in lower case, without one at its end. Addresses in any notation end
 * in a part that begins with a digit, which no name of the internet does.
 */
export const EgressHost = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'a full host name in lower case, no address: mirror.example.org',
    abort: true,
  })
  .refine((host) => !host.endsWith('.localhost'), 'this machine is never reached')

export const EgressScheme = z.enum(['https', 'http'])
export type EgressScheme = z.infer<typeof EgressScheme>

export const EGRESS_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export const EgressMethod = z.enum(EGRESS_METHODS)
export type EgressMethod = z.infer<typeof EgressMethod>

/** A path below a host: a glob, or a directory with everything in it. What a server may fold together is no part of it. */
const EgressPath = z
  .string()
  .max(512)
  .regex(/^\/[A-Za-z0-9._~@$&',=:%*/+-]*$/, {
    error: 'a path that begins with a slash, such as /npm/**',
    abort: true,
  })
  .refine(
    (path) => path === '/' || path.slice(1).replace(/\/$/, '').split('/').every(isPlainPart),
    'no empty parts, no dots alone, and ** only between slashes',
  )

const fields = {
  host: EgressHost,
  port: z.int().min(1).max(65_535).optional().describe('443 unless given; 80 for http'),
  scheme: EgressScheme.optional().describe('http for port 80, https for every other, unless given'),
  methods: z.array(EgressMethod).min(1).max(7).optional().describe('GET and HEAD unless given; http only'),
  paths: z.array(EgressPath).min(1).max(50).optional().describe('Every path unless given; http only'),
}

/** A host besides those of the presets. Method and path can only be seen, and so only be bounded, in plain HTTP. */
export const EgressRule = z.strictObject(fields).superRefine(refuseUnseen).meta({ id: 'EgressRule' })
export type EgressRule = z.infer<typeof EgressRule>

/** What of plain HTTP may pass. */
export interface PlainBounds {
  readonly methods: readonly EgressMethod[]
  readonly paths: readonly string[]
}

/** A rule with nothing left out. `bounds` must all hold; there are none where nothing can be seen. */
export interface EgressRoute {
  readonly scheme: EgressScheme
  readonly host: string
  readonly port: number
  readonly bounds: readonly PlainBounds[]
}

/** A host and how it would be reached, in one line: `mirror.example.org:443`, `http://mirror.example.org:80`. */
export function targetText({ scheme, host, port }: Pick<EgressRoute, 'scheme' | 'host' | 'port'>): string {
  return scheme === 'http' ? `http://${host}:${port}` : `${host}:${port}`
}

export function routeOf({
  host,
  port,
  scheme = port === 80 ? 'http' : 'https',
  ...plain
}: EgressRule): EgressRoute {
  const bounds = { methods: plain.methods ?? (['GET', 'HEAD'] as const), paths: plain.paths ?? ['/**'] }
  return {
    scheme,
    host,
    port: port ?? (scheme === 'http' ? 80 : 443),
    bounds: scheme === 'http' ? [bounds] : [],
  }
}

/** What a command in the prepare phase tried to reach, and what a person could allow. */
export const EgressRequest = z
  .strictObject({
    scheme: EgressScheme,
    host: z.string(),
    port: z.int(),
    method: z.string().optional().describe('Of plain HTTP'),
    path: z.string().optional().describe('Of plain HTTP, without its query'),
    phase: z.literal('prepare'),
    origin: z.enum(['setup', 'project']).describe('A command tried it, or airlock.yaml names it'),
    times: z.int(),
    firstAt: z.string(),
    lastAt: z.string(),
    open: z.boolean().describe('Nobody has allowed it so far'),
  })
  .meta({ id: 'EgressRequest' })
export type EgressRequest = z.infer<typeof EgressRequest>

/** What a person allowed, for one task or for a project. */
export const EgressAllowance = z
  .strictObject({
    id: z.string(),
    ...fields,
    port: z.int(),
    scheme: EgressScheme,
    for: z.enum(['task', 'project']),
    reason: z.string(),
    allowedBy: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
    allowedAt: z.string(),
  })
  .meta({ id: 'EgressAllowance' })
export type EgressAllowance = z.infer<typeof EgressAllowance>

/** What a task or a project asked for and was given, beyond the presets. */
export const EgressView = z
  .strictObject({ requests: z.array(EgressRequest), allowed: z.array(EgressAllowance) })
  .meta({ id: 'EgressView' })
export type EgressView = z.infer<typeof EgressView>

/** A person's word that a host may be reached. Takes effect with the next attempt. */
export const WideningRequest = z
  .strictObject({ ...fields, reason: z.string().trim().max(500).default('') })
  .superRefine(refuseUnseen)
  .meta({ id: 'WideningRequest' })
export type WideningRequest = z.infer<typeof WideningRequest>

/** Which allowance to take back. */
export const EgressTarget = z.strictObject({
  host: EgressHost,
  port: z.coerce.number().int().min(1).max(65_535).optional(),
  scheme: EgressScheme.optional(),
})
export type EgressTarget = z.infer<typeof EgressTarget>

function isPlainPart(part: string): boolean {
  return !['', '.', '..'].includes(part) && (part === '**' || !part.includes('**'))
}

function refuseUnseen(rule: z.infer<z.ZodObject<typeof fields>>, context: z.RefinementCtx): void {
  const { scheme = rule.port === 80 ? 'http' : 'https' } = rule
  if (scheme === 'https' && rule.port === 80)
    context.addIssue({
      code: 'custom',
      path: ['scheme'],
      message: 'port 80 speaks http; leave the scheme out',
    })
  if (scheme === 'http' && rule.port === 443)
    context.addIssue({
      code: 'custom',
      path: ['scheme'],
      message: 'port 443 speaks https; leave the scheme out',
    })
  for (const key of ['methods', 'paths'] as const)
    if (scheme === 'https' && rule[key] !== undefined)
      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'cannot be seen inside TLS; leave it out, or name scheme: http',
      })
}
