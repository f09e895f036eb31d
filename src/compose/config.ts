import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { LONGEST_PRESERVED_SECONDS } from '#contract/preserved.ts'
import { digestOf } from '#kernel/bytes.ts'
import { AirlockError } from '#kernel/failure.ts'
import { type KeyServices, readKeyServices } from './key-services.ts'
import type { TelemetryTarget } from './telemetry/open-telemetry.ts'

/** Everything Airlock takes from its surroundings, read once. Nothing else reads the environment. */
export interface Config {
  /** State that must survive: database, repositories, keys, evidence. Mode 0711 as root, else 0700. */
  readonly dataDirectory: string
  /** Short-lived sockets; a short path, since a Unix socket's is at most 107 bytes. */
  readonly runtimeDirectory: string
  /** Undefined: the usual one, or any free one when that is taken. */
  readonly port: number | undefined
  readonly database:
    | { readonly kind: 'embedded' }
    | {
        readonly kind: 'url'
        readonly url: string
        readonly queryUrl: string | undefined
        readonly identityUrl: string | undefined
      }
  /** Where people reach the server, if not by http on this machine: `https://airlock.example`. */
  readonly publicUrl: string | undefined
  readonly sandbox:
    | { readonly kind: 'bubblewrap' }
    /** The socket of the runner; the engine's own is never opened by a server. */
    | { readonly kind: 'container'; readonly runner: string }
  /** Under whose keys secrets are encrypted. */
  readonly keyServices: KeyServices
  /** The usual provider variables, and nothing else of the environment. */
  readonly providerEnvironment: Readonly<Record<string, string | undefined>>
  /** Seconds that a task may have its workspace kept for a look around; 0 for not at all. */
  readonly preserveMaximum: number
  /** Where OpenTelemetry spans go; nowhere unless it is said. */
  readonly telemetry: TelemetryTarget | undefined
  readonly pager: string | undefined
  readonly searchPath: string
  /** The person who starts the first server becomes its owner under this name. */
  readonly userName: string | undefined
  readonly home: string
  /** Handed to child processes of the CLI: the background server and the pager. */
  readonly inherited: Readonly<Record<string, string | undefined>>
}

export const DEFAULT_PORT = 7411

export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const dataDirectory = resolve(environment.AIRLOCK_HOME ?? defaultDataDirectory(environment))
  return {
    dataDirectory,
    runtimeDirectory: runtimeDirectory(environment, dataDirectory),
    port: port(environment.AIRLOCK_PORT),
    database: environment.DATABASE_URL
      ? {
          kind: 'url',
          url: environment.DATABASE_URL,
          queryUrl: environment.AIRLOCK_QUERY_DATABASE_URL,
          identityUrl: environment.AIRLOCK_IDENTITY_DATABASE_URL,
        }
      : { kind: 'embedded' },
    publicUrl: publicUrl(environment.AIRLOCK_PUBLIC_URL),
    sandbox: sandbox(environment),
    keyServices: readKeyServices(environment),
    providerEnvironment: Object.fromEntries(
      Object.entries(environment).filter(([name]) => /^[A-Z0-9_]+_(API_KEY|BASE_URL)$/.test(name)),
    ),
    preserveMaximum: preserveMaximum(environment.AIRLOCK_PRESERVE_MAX),
    telemetry: telemetry(environment),
    pager: environment.PAGER,
    searchPath: environment.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    userName: environment.USER ?? environment.LOGNAME,
    home: homedir(),
    inherited: environment,
  }
}

function defaultDataDirectory(environment: NodeJS.ProcessEnv): string {
  if (isRoot()) return '/var/lib/airlock'
  const base = environment.XDG_DATA_HOME
  return join(base && isAbsolute(base) ? base : join(homedir(), '.local/share'), 'airlock')
}

function runtimeDirectory(environment: NodeJS.ProcessEnv, dataDirectory: string): string {
  const name = `airlock-${digestOf(dataDirectory).slice(7, 15)}`
  if (isRoot()) return join('/run', name)
  const base = environment.XDG_RUNTIME_DIR
  return base && isAbsolute(base) ? join(base, name) : join(tmpdir(), `${name}-${process.getuid?.() ?? 0}`)
}

function port(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value
  throw new AirlockError({
    code: 'invalid_configuration',
    message: `AIRLOCK_PORT is not a port: ${text}`,
    remedy: `Give a number from 0 to 65535, or leave it out for ${DEFAULT_PORT}.`,
  })
}

/** An origin and nothing else; without TLS only on this machine, since cookies would travel in clear. */
function publicUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined
  const url = URL.parse(text)
  const encrypted = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === 'localhost')
  if (url !== null && encrypted && url.href === `${url.origin}/` && /^[^/]+\/\/[^/]+\/?$/.test(text))
    return url.origin
  throw new AirlockError({
    code: 'invalid_configuration',
    message: `AIRLOCK_PUBLIC_URL is not where people could sign in: ${text}`,
    remedy: 'Give an https address without a path, such as https://airlock.example, or leave it out.',
  })
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** A day unless an administrator says otherwise. */
function preserveMaximum(text: string | undefined): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([smhd]?)$/.exec(text || '1d') ?? []
  const seconds = Number(digits) * (UNITS[unit] ?? (digits === '0' ? 0 : Number.NaN))
  if (digits !== '' && seconds <= LONGEST_PRESERVED_SECONDS) return seconds
  throw new AirlockError({
    code: 'invalid_configuration',
    message: `AIRLOCK_PRESERVE_MAX is not a time: ${text}`,
    remedy: 'Give a number with s, m, h or d, at most 7d; 0 for never; or leave it out for 1d.',
  })
}

/** By the names that every exporter of OpenTelemetry knows. */
function telemetry(environment: NodeJS.ProcessEnv): TelemetryTarget | undefined {
  const whole = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
  const base = environment.OTEL_EXPORTER_OTLP_ENDPOINT
  const text = whole || (base && `${base.replace(/\/+$/, '')}/v1/traces`)
  if (!text) return undefined
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new AirlockError({
      code: 'invalid_configuration',
      message: `OTEL_EXPORTER_OTLP_ENDPOINT is no http(s) address: ${text}`,
      remedy: 'Give the address of an OTLP/HTTP receiver, such as http://127.0.0.1:4318.',
    })
  const pairs = (environment.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').map((pair) => pair.split('='))
  const headers = pairs.flatMap(([name, ...value]) =>
    name?.trim() ? [[name.trim(), value.join('=').trim()]] : [],
  )
  return { url: text, headers: Object.fromEntries(headers) }
}

const RUNNER = '/run/airlock-runner.sock'

/** Said in one word, so that there is never a second choice to fall back to. */
function sandbox(environment: NodeJS.ProcessEnv): Config['sandbox'] {
  const kind = environment.AIRLOCK_SANDBOX || 'bubblewrap'
  const runner = environment.AIRLOCK_SANDBOX_RUNNER || RUNNER
  if (kind === 'bubblewrap') return { kind }
  if (kind === 'container' && isAbsolute(runner)) return { kind, runner }
  throw new AirlockError(
    kind === 'container'
      ? {
          code: 'invalid_configuration',
          message: `AIRLOCK_SANDBOX_RUNNER is no absolute path: ${runner}`,
          remedy: `Name the socket of the sandbox runner, or leave it out for ${RUNNER}.`,
        }
      : {
          code: 'invalid_configuration',
          message: `AIRLOCK_SANDBOX names no sandbox: ${kind}`,
          remedy: 'Give bubblewrap or container, or leave it out for bubblewrap.',
        },
  )
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}
