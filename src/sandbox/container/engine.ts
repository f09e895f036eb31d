import type { Duplex } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import { z } from 'zod'

/** The few calls of the Docker Engine API (v1.41) that sandboxes need, as Docker and Podman both answer them. */
export interface Engine {
  about(): Promise<About>
  /** The id of an image the engine has; undefined when it has none of that name, which `IMAGE_NAME` matches. */
  image(name: string): Promise<string | undefined>
  /** Makes an image from a tar of its root directory. The name has no tag: Podman would not use it. */
  importImage(name: string, archive: Buffer): Promise<void>
  /** Returns the id. */
  create(name: string, body: unknown): Promise<string>
  /** Standard input, and both outputs as `demultiplex` reads them. Podman creates the first process here already. */
  attach(id: string): Promise<Duplex>
  start(id: string): Promise<void>
  /** Undefined when there is no such container. */
  inspect(id: string): Promise<ContainerState | undefined>
  /** The runtime that a container was made for. */
  runtimeOf(id: string, kind: About['kind']): Promise<string>
  /** A container that is not running, or not there, is as good as killed. */
  kill(id: string): Promise<void>
  remove(id: string): Promise<void>
  /** Containers with a label, running or not. */
  list(label: string): Promise<readonly { readonly id: string; readonly name: string }[]>
  close(): Promise<void>
}

export interface About {
  readonly kind: 'docker' | 'podman'
  readonly version: string
  readonly runtimes: readonly string[]
  readonly defaultRuntime: string
  readonly rootless: boolean
}

export interface ContainerState {
  /** The host's number of the first process inside; 0 when there is none. */
  readonly pid: number
  readonly ended: boolean
  readonly exitCode: number
  readonly outOfMemory: boolean
}

/** The engine answered, and refused (`status`), or did not answer at all (no status). */
export class EngineError extends Error {
  readonly status: number | undefined

  constructor(message: string, status?: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EngineError'
    this.status = status
  }
}

/** Names, tags and digests as registries write them: nothing that could leave its place in a URL. */
export const IMAGE_NAME = /^[a-z0-9](?:[a-z0-9._/-]|:(?=[a-zA-Z0-9_])|@(?=sha256:)|[A-Z])*$/

const ORIGIN = 'http://engine'
const BASE = '/v1.41'
const PODMANS_OWN = '/v4.0.0/libpod'
const MINUTES = 60_000

export function connectEngine(socketPath: string): Engine {
  const agent = new Agent({ connect: { socketPath }, headersTimeout: 2 * MINUTES, bodyTimeout: 2 * MINUTES })

  const call = async (
    method: Dispatcher.HttpMethod,
    path: string,
    more: Partial<Dispatcher.RequestOptions> = {},
    base = BASE,
  ) => {
    const { statusCode, body } = await agent
      .request({ origin: ORIGIN, path: `${base}${path}`, method, ...more })
      .catch(unreachable)
    const text = await body.text().catch(unreachable)
    return { status: statusCode, text }
  }
  const expect = async (answer: ReturnType<typeof call>, ...fine: number[]): Promise<string> => {
    const { status, text } = await answer
    if (status < 300 || fine.includes(status)) return text
    throw new EngineError(reasonIn(text), status)
  }
  const post = (path: string, body?: unknown) =>
    call('POST', path, {
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  return {
    async about() {
      const version = Version.parse(JSON.parse(await expect(call('GET', '/version'))))
      const info = Info.parse(JSON.parse(await expect(call('GET', '/info'))))
      return {
        kind: version.Components?.some(({ Name }) => /podman/i.test(Name)) ? 'podman' : 'docker',
        version: version.Version,
        runtimes: Object.keys(info.Runtimes ?? {}),
        defaultRuntime: info.DefaultRuntime ?? '',
        rootless:
          info.Rootless === true || (info.SecurityOptions ?? []).some((name) => /rootless/.test(name)),
      }
    },
    async image(name) {
      const { status, text } = await call('GET', `/images/${name}/json`)
      if (status === 404) return undefined
      if (status !== 200) throw new EngineError(reasonIn(text), status)
      return Image.parse(JSON.parse(text)).Id
    },
    async importImage(name, archive) {
      await expect(
        call('POST', `/images/create?fromSrc=-&repo=${name}`, {
          headers: { 'content-type': 'application/x-tar' },
          body: archive,
        }),
      )
    },
    create: async (name, body) =>
      Created.parse(JSON.parse(await expect(post(`/containers/create?name=${name}`, body)))).Id,
    async attach(id) {
      const { socket } = await agent
        .upgrade({
          origin: ORIGIN,
          path: `${BASE}/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
          method: 'POST',
          protocol: 'tcp',
        } as Dispatcher.UpgradeOptions)
        .catch(unreachable)
      return socket
    },
    start: async (id) => void (await expect(post(`/containers/${id}/start`))),
    async inspect(id) {
      const { status, text } = await call('GET', `/containers/${id}/json`)
      if (status === 404) return undefined
      if (status !== 200) throw new EngineError(reasonIn(text), status)
      const { State } = Inspected.parse(JSON.parse(text))
      return {
        pid: State.Pid,
        ended: ENDED.test(State.Status),
        exitCode: State.ExitCode,
        outOfMemory: State.OOMKilled,
      }
    },
    async runtimeOf(id, kind) {
      const path = `/containers/${id}/json`
      if (kind === 'docker')
        return DockerMade.parse(JSON.parse(await expect(call('GET', path)))).HostConfig.Runtime
      // Podman's Docker interface says `oci` whatever the runtime is.
      return PodmanMade.parse(JSON.parse(await expect(call('GET', path, {}, PODMANS_OWN)))).OCIRuntime
    },
    kill: async (id) => void (await expect(post(`/containers/${id}/kill?signal=KILL`), 404, 409, 500)),
    remove: async (id) => void (await expect(call('DELETE', `/containers/${id}?force=1&v=1`), 404)),
    async list(label) {
      const filters = encodeURIComponent(JSON.stringify({ label: [label] }))
      const found = Listed.parse(
        JSON.parse(await expect(call('GET', `/containers/json?all=1&filters=${filters}`))),
      )
      return found.map(({ Id, Names }) => ({ id: Id, name: (Names[0] ?? Id).replace(/^\//, '') }))
    },
    close: () => agent.destroy(),
  }
}

/** Podman says `stopped` between the end of the processes and its own cleaning up. */
const ENDED = /^(exited|stopped|dead|removing)$/

const Version = z.looseObject({
  Version: z.string(),
  Components: z.array(z.looseObject({ Name: z.string() })).optional(),
})
const Info = z.looseObject({
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  DefaultRuntime: z.string().nullish(),
  Rootless: z.boolean().optional(),
  SecurityOptions: z.array(z.string()).nullish(),
})
const Image = z.looseObject({ Id: z.string().regex(/^sha256:[0-9a-f]{64}$/) })
const Created = z.looseObject({ Id: z.string().regex(/^[0-9a-f]{12,64}$/) })
const Inspected = z.looseObject({
  State: z.looseObject({
    Status: z.string(),
    Pid: z.int(),
    ExitCode: z.int(),
    OOMKilled: z.boolean(),
  }),
})
const DockerMade = z.looseObject({ HostConfig: z.looseObject({ Runtime: z.string() }) })
const PodmanMade = z.looseObject({ OCIRuntime: z.string() })
const Listed = z.array(z.looseObject({ Id: z.string(), Names: z.array(z.string()) }))

function reasonIn(text: string): string {
  try {
    return z.looseObject({ message: z.string() }).parse(JSON.parse(text)).message.slice(0, 2_000)
  } catch {
    return text.slice(0, 500)
  }
}

function unreachable(error: unknown): never {
  throw new EngineError(error instanceof Error ? error.message : String(error), undefined, { cause: error })
}
