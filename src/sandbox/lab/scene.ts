import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RandomBytes } from '#kernel/ids.ts'
import type { HostUser } from '../host-user.ts'
import { removeTree } from '../workspace/leftovers.ts'

export interface SceneOptions {
  /** A directory that the sandboxes' user can reach; the scene makes one of its own in it. */
  readonly directory: string
  readonly owner?: HostUser
  readonly random: RandomBytes
}

/** What the lab puts on the host for an attacker to look for: nothing real is ever the target. */
export interface Scene {
  readonly root: string
  /** Stands in files and variables of the host that nobody inside may see. */
  readonly secret: string
  readonly secretFile: string
  /** The workspace of another task. */
  readonly neighbour: string
  /** Anybody on the host could write here: what a planted program would leave if the host ran it. */
  readonly trap: string
  readonly tcpPort: number
  readonly udpPort: number
  readonly abstractSocket: string
  readonly unixSocket: string
  /** What must be said to a listener to be counted, followed by the id of a case. */
  readonly word: string
  /** The cases whose attacker reached a listener. */
  visits(): ReadonlySet<string>
  readonly hostName: string
  /** Of people: what a made-up /etc/passwd has as well tells nothing. */
  readonly accounts: readonly string[]
  /** A process of the sandboxes' user outside of any sandbox. */
  readonly bystander: number
  bystanderLives(): boolean
  /** Command lines on this host that hold a mark: what a sandbox left running. */
  marked(mark: string): readonly string[]
  /** A new empty directory that the inside may write. */
  workspace(): Promise<string>
  /** Takes everything down and ends what the lab's own scripts left running. */
  close(): Promise<void>
}

export async function setScene(options: SceneOptions): Promise<Scene> {
  const undo: (() => unknown)[] = []
  const close = async () => {
    for (let next = undo.pop(); next !== undefined; next = undo.pop()) await next()
  }
  try {
    return { ...(await furnish(options, undo)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whatever is put up tells how to take it down before the next thing is. */
async function furnish(
  { directory, owner, random }: SceneOptions,
  undo: (() => unknown)[],
): Promise<Omit<Scene, 'close'>> {
  const name = (size: number) => Buffer.from(random(size)).toString('hex')
  const [secret, word] = [`lab-secret-${name(12)}`, `lab-word-${name(6)}`]
  const visited = new Set<string>()
  const hear = (said: string) => {
    const [, id] = new RegExp(`${word} (\\S+)\\n`).exec(said) ?? []
    if (id !== undefined) visited.add(id)
  }
  const place = async (path: string) => {
    const made = await mkdtemp(path)
    undo.push(() => removeTree(made))
    await chmod(made, 0o711)
    return made
  }
  const owned = async (path: string, mode = 0o755) => {
    await mkdir(path)
    await chmod(path, mode)
    if (owner !== undefined) await chown(path, owner.uid, owner.gid)
    return path
  }
  const listen = async (where: ListenOptions) => {
    const server = await listening(where, hear)
    undo.push(() => server.close())
    return server
  }

  const root = await place(join(directory, 'lab-'))
  const neighbour = await owned(join(root, 'neighbour'))
  const trap = await owned(join(root, 'trap'), 0o777)
  await writeFile(join(root, 'secret'), `${secret}\n`)
  await writeFile(join(neighbour, 'theirs'), `${secret}\n`)
  undo.push(() => processesMarked(word).forEach(({ pid }) => void killIfThere(pid)))

  const tcp = await listen({ port: 0, host: '127.0.0.1' })
  const abstractSocket = `airlock-${name(8)}`
  await listen({ path: `\0${abstractSocket}` })
  // Not below the directory: the path of a socket has 107 bytes at most.
  const unixSocket = join(await place(join(tmpdir(), 'airlock-lab-')), 'listener')
  await listen({ path: unixSocket })
  await chmod(unixSocket, 0o777)
  const udp = createSocket('udp4').on('message', (chunk) => hear(chunk.toString('latin1')))
  undo.push(() => udp.close())
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
  const bystander = standBy(owner)
  undo.push(() => bystander.kill('SIGKILL'))

  let workspaces = 0
  return {
    root,
    secret,
    secretFile: join(root, 'secret'),
    neighbour,
    trap,
    tcpPort: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    abstractSocket,
    unixSocket,
    word,
    visits: () => visited,
    hostName: hostname(),
    accounts: accountsOfPeople(),
    bystander: bystander.pid ?? 0,
    bystanderLives: () => bystander.exitCode === null && bystander.signalCode === null,
    marked: (mark) => processesMarked(mark).map(({ line }) => line),
    workspace: () => owned(join(root, `workspace-${workspaces++}`)),
  }
}

function listening(where: ListenOptions, hear: (said: string) => void): Promise<Server> {
  const server = createServer((socket) => {
    let said = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      if (said.length < 1_000) said += chunk.toString('latin1')
      hear(said)
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => resolve(server))
  })
}

function standBy(owner: HostUser | undefined): ChildProcess {
  return spawn('sleep', ['300'], { cwd: '/', env: {}, stdio: 'ignore', ...(owner ?? {}) })
}

/** Seen from the host, whatever namespace they are in; zombies have no command line any more. */
function processesMarked(mark: string): { pid: number; line: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), line: commandLine(name) }))
    .filter(({ line }) => line.includes(mark))
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {} // ended meanwhile
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

function accountsOfPeople(): string[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([name, , uid]) => Number(uid) > 0 && name !== 'nobody' && name !== 'agent')
    .map(([name = '']) => name)
    .filter(Boolean)
}
