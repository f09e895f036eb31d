import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Task } from '#contract/task.ts'
import { plainGit } from '../support/git-fixture.ts'
import { given, type Journey, type RunningServer, startJourney } from '../support/journey.ts'
import { edit } from '../support/journey-model.ts'
import { type NpmProject, npmProject, registryNetworks, registryObstacle } from '../support/npm-project.ts'

interface Change {
  readonly path: string
  readonly old: string
  readonly new: string
}

/** Packages whose tarballs hold sources and tests, each with tools of its own, and one change of one line that each could use. */
const CHANGES = {
  // mocha and jshint
  'entities@1.1.2': {
    path: 'lib/decode_codepoint.js',
    old: 'codePoint > 0x10ffff)',
    new: 'codePoint > 0x10ffff || isNaN(codePoint))',
  },
  // a scoped package with native development dependencies: node:test under c8, eslint, types by tstyche
  '@fastify/forwarded@3.1.2': {
    path: 'index.js',
    old: "const header = req.headers['x-forwarded-for']",
    new: "const header = req.headers?.['x-forwarded-for']",
  },
  // make and grunt, which it forgets to depend on: its tests fail before anything was changed
  'async-eventemitter@0.2.4': {
    path: 'lib/AsyncEventEmitter.js',
    old: 'listeners = self._events[event] || [];',
    new: 'listeners = (self._events && self._events[event]) || [];',
  },
} satisfies Readonly<Record<string, Change>>
type Name = keyof typeof CHANGES

const obstacle = await registryObstacle()

describe.skipIf(obstacle !== undefined)(
  `published packages${obstacle === undefined ? '' : `: ${obstacle}`}`,
  () => {
    let journey: Journey
    let server: RunningServer
    const ran = new Map<string, { readonly project: NpmProject; readonly task: Task }>()

    beforeAll(async () => {
      journey = await startJourney({})
      mkdirSync(journey.dataDirectory, { recursive: true })
      const networks = { registryNetworks: await registryNetworks() }
      writeFileSync(join(journey.dataDirectory, 'network.json'), JSON.stringify(networks))
      server = await journey.serve()
      await Promise.all(
        Object.entries(CHANGES).map(async ([name, change]) => ran.set(name, await runOn(name, change))),
      )
    }, 300_000)

    afterAll(() => journey.close())

    async function runOn(name: string, { path, old, new: replacement }: Change) {
      journey.model.play(name, [edit(path, old, replacement)])
      const project = await npmProject(dirname(journey.dataDirectory), name)
      const { id } = given(await server.client.createProject({ url: project.remote }))
      const words = ['run', 'Make it a little safer', '--project', id, '--model', `scripted/${name}`]
      const { out, err } = await journey.airlock(...words, '--scope', path)
      const task = given(await server.client.tasks()).items.find((each) => each.project === id)
      if (task === undefined) throw new Error(`${name} got no task\n${out}${err}`)
      return { project, task: given(await server.client.task(task.id)) }
    }

    const taskOn = (name: Name): Task => {
      const { task } = ran.get(name) ?? {}
      if (task?.state !== 'awaiting_review') throw new Error(`${name}: ${JSON.stringify(task?.cause)}`)
      return task
    }
    const gatesOf = (name: Name) =>
      taskOn(name).gates?.gates.map(({ command, base, result, verdict }) => ({
        command,
        base,
        result,
        verdict,
      }))

    test('are installed, and the checks their manifests name pass before and after', () => {
      const green = { base: 'pass', result: 'pass', verdict: 'pass' }
      const [lint, tests] = ['npm run lint', 'npm run test'].map((command) => ({ command, ...green }))
      expect(gatesOf('entities@1.1.2')).toEqual([lint, tests])
      expect(gatesOf('@fastify/forwarded@3.1.2')).toEqual([lint, tests])
    })

    test('that fail before the change are not held against it', () => {
      const task = taskOn('async-eventemitter@0.2.4')
      expect(gatesOf('async-eventemitter@0.2.4')).toEqual([
        { command: 'npm run test', base: 'fail', result: 'fail', verdict: 'pass' },
      ])
      const [gate] = task.gates?.gates ?? []
      expect(gate).toMatchObject({ new: [], fixed: [], flaky: [] })
      expect(gate?.preExisting.map(({ message }) => message)).toContain(
        'make: grunt: No such file or directory',
      )
    })

    test.each(Object.keys(CHANGES) as Name[])(
      '%s gets the one line as a verified branch of its remote',
      async (name) => {
        const task = taskOn(name)
        const { remote } = ran.get(name)?.project ?? { remote: '' }
        const change: Change = CHANGES[name]
        expect(
          (await journey.airlock('approve', `${task.number}`, '--yes', '-m', `Harden ${name}`)).exit,
        ).toBe(0)
        const published = await server.reaches(task.id, 'published')
        const commit = published.publication?.commit ?? ''
        expect(plainGit(remote, 'rev-parse', `refs/heads/${published.publication?.branch}`)).toBe(commit)
        const lines = plainGit(remote, 'show', '--format=%an|%s', '--unified=0', commit).split('\n')
        expect([lines[0], ...lines.filter((line) => /^[-+](?![-+])/.test(line))]).toEqual([
          `ada|Harden ${name}`,
          expect.stringMatching(/^-/),
          expect.stringMatching(/^\+/),
        ])
        expect(lines.some((line) => line.startsWith('+') && line.includes(change.new))).toBe(true)
        expect((await journey.airlock('verify', commit, '--repo', remote)).exit).toBe(0)
      },
    )
  },
)
