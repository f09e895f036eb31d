import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, createServer as createSocketServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { ok } from '#kernel/result.ts'
import type { LabOptions } from '#sandbox/lab/run-lab.ts'
import type { Take, TakenFile } from '#sandbox/lab/take.ts'

/** What a host would do that takes a workspace for an ordinary repository, and a line for a name. */
export const takeCarelessly: Take = async (_driver, { path }) => {
  const git = (...args: string[]) => run(path, 'git', ['-c', 'safe.directory=*', ...IDENTITY, ...args])
  git('status')
  git('add', '-A')
  git('commit')
  git('commit', '-m', 'x')
  git('show', '--ext-diff', '--textconv')
  git('status')
  const staged = linesOf(git('ls-files', '-s')).map((line): TakenFile => {
    const [mode = '', object = '', , name = ''] = line.split(/[ \t]/)
    return { path: name, mode, content: git('show', object) }
  })
  const found = linesOf(
    run(path, 'find', ['-L', '.', '-path', './.git', '-prune', '-o', '!', '-type', 'd', '-print']),
  )
  return ok([...staged, ...found.map((name) => fileAt(path, name.slice(2)))])
}

const IDENTITY = ['-c', 'user.name=x', '-c', 'user.email=x@localhost']

function run(cwd: string, program: string, args: string[]): string {
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent' }
  return (
    spawnSync(program, args, { cwd, env, timeout: 10_000, maxBuffer: 2 ** 26 }).stdout?.toString('latin1') ??
    ''
  )
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(Boolean)
}

function fileAt(root: string, name: string): TakenFile {
  const path = join(root, name)
  const entry = statSync(path, { throwIfNoEntry: false })
  const mode = `10${((entry?.mode ?? 0) & 0o7777).toString(8).padStart(4, '0')}`
  return { path: name, mode, content: entry?.isFile() ? contentOf(path) : '' }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** A lane whose proxy opens whatever it is asked for; but names never leave this host, they all mean it. */
export function carelessLane(directory: string): LabOptions['openLane'] {
  return async () => {
    mkdirSync(directory)
    const open = new Set<Socket>()
    const proxy = createServer()
    proxy.on('connect', (request, near: Socket) => {
      const [, host = '', port = ''] = /^(?:.*@)?\[?(.*?)\]?:(\d+)$/.exec(request.url ?? '') ?? []
      const far = connect({
        host,
        port: Number(port),
        lookup: (_name, { all }, answer) =>
          all ? answer(null, [{ address: '127.0.0.1', family: 4 }]) : answer(null, '127.0.0.1', 4),
      })
      far.on('connect', () => near.write('HTTP/1.1 200 OK\r\n\r\n'))
      for (const socket of [near, far]) open.add(socket.on('error', () => near.destroy()))
      near.pipe(far).pipe(near)
    })
    const model = createSocketServer()
    await new Promise<void>((resolve) => proxy.listen(join(directory, 'egress.sock'), resolve))
    await new Promise<void>((resolve) => model.listen(join(directory, 'model.sock'), resolve))
    chmodSync(join(directory, 'egress.sock'), 0o666)
    chmodSync(directory, 0o777)
    return {
      directory,
      async close() {
        for (const socket of open) socket.destroy()
        proxy.close()
        model.close()
        rmSync(directory, { recursive: true, force: true })
      },
    }
  }
}
