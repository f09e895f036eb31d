import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { internetWith } from '#gateway/egress/internet.ts'
import { NPM_REGISTRY } from '#sandbox/environment.ts'
import { registryNetworks, registryObstacle } from '../support/npm-project.ts'
import { absentInside, because, type SetupRig, setupRig } from './setup-rig.ts'

/** Scoped, with a native module for each platform; a program with a script after installation; and a plain one. */
const MANIFEST = {
  name: 'project',
  version: '1.0.0',
  private: true,
  dependencies: { '@ast-grep/napi': '0.51.1', esbuild: '0.25.0', 'is-number': '7.0.0' },
}
const PROJECT = { 'package.json': JSON.stringify(MANIFEST) }

/** Uses all three; fails where a native part is missing or is for another platform. */
const USE = `node -e '
  const found = require("@ast-grep/napi").parse("JavaScript", "let a = 1").root().find("let $A = $B").getMatch("A")
  const { code } = require("esbuild").transformSync("let b: number = 2", { loader: "ts" })
  console.log(found.text(), code.trim(), require("is-number")(3))
'`
const USED = 'a let b = 2; true\n'

const obstacle = absentInside('npm') ?? (await registryObstacle())
const noCorepack = absentInside('corepack')

describe.skipIf(obstacle !== undefined)(
  `packages of the npm registry, through the shipped policy${because(obstacle)}`,
  () => {
    let rig: SetupRig
    beforeAll(async () => {
      rig = await setupRig(internetWith(await registryNetworks()))
    })
    afterAll(() => rig.close())

    /** Installs in prepare, each command in a sandbox of its own, and uses what is there in check, without a network. */
    async function installed(files: Record<string, string>, commands: readonly string[], use = USE) {
      const workspace = await rig.workspace(files)
      for (const command of commands) {
        const { said, exit, refusals } = await rig.run('prepare', ['npm'], workspace, command)
        if (exit !== 0) throw new Error(`${command} ended with ${exit}\n${said}`)
        expect(refusals).toEqual([])
      }
      const { stdout, stderr } = await rig.run('check', [], workspace, use)
      expect(stderr).toBe('')
      return { workspace, stdout }
    }

    test('npm installs native and scoped packages, without a lockfile and with the one it wrote', async () => {
      const { workspace, stdout } = await installed(PROJECT, ['npm install', 'rm -r node_modules; npm ci'])
      expect(stdout).toBe(USED)
      const { packages } = JSON.parse(readFileSync(join(workspace, 'package-lock.json'), 'utf8'))
      expect(packages['node_modules/@ast-grep/napi'].resolved).toBe(
        `https://${NPM_REGISTRY}/@ast-grep/napi/-/napi-0.51.1.tgz`,
      )
    })

    test('pnpm does', async () => {
      const install = 'npx --yes pnpm@9.15.9 install'
      const commands = [`${install} --no-frozen-lockfile`, `rm -r node_modules; ${install} --frozen-lockfile`]
      expect((await installed(PROJECT, commands)).stdout).toBe(USED)
    })

    test('Yarn 1 does', async () => {
      expect((await installed(PROJECT, ['npx --yes yarn@1.22.22 install'])).stdout).toBe(USED)
    })

    test('Yarn 4 does, and the archives it runs packages from are there for the checks', async () => {
      const install = 'npx --yes @yarnpkg/cli-dist@4.9.2 install --no-immutable'
      const use = `export NODE_OPTIONS='-r ./.pnp.cjs'; ${USE}`
      const { stdout } = await installed(PROJECT, [install], use)
      expect(stdout).toBe(USED)
    })

    test.skipIf(noCorepack !== undefined)(
      `Corepack gets the package manager that the manifest pins from the registry${because(noCorepack)}`,
      async () => {
        const manifest = { ...MANIFEST, dependencies: { 'is-number': '7.0.0' }, packageManager: 'yarn@4.9.2' }
        const files = { 'package.json': JSON.stringify(manifest) }
        const use = `corepack yarn node -p 'require("is-number")(3)'`
        expect((await installed(files, ['corepack yarn install --no-immutable'], use)).stdout).toBe('true\n')
      },
    )

    test('in the run phase the same command is refused, with a reason that npm shows and an event', async () => {
      const workspace = await rig.workspace(PROJECT)
      const { said, exit, refusals } = await rig.run('run', [], workspace, 'npm install')
      expect(exit).toBe(1)
      expect(said).toMatch(/403 Airlock: There is no network in this phase\. \(network\.none\)/)
      expect(refusals[0]).toEqual({
        boundary: 'network',
        rule: 'network.none',
        what: 'registry.npmjs.org:443',
        reason: 'There is no network in this phase.',
        remedy: expect.stringContaining('egress: [npm]'),
      })
      expect(new Set(refusals.map(({ rule, what }) => `${rule} ${what}`)).size).toBe(1)
    })

    test('in the prepare phase of a project with another preset it is refused as well', async () => {
      const workspace = await rig.workspace(PROJECT)
      const { said, exit, refusals } = await rig.run('prepare', ['pypi'], workspace, 'npm install')
      expect(exit).toBe(1)
      expect(said).toMatch(/403 Airlock: Only pypi\.org:443, .* \(network\.not-allowed\)/)
      expect(refusals[0]).toMatchObject({ rule: 'network.not-allowed', what: 'registry.npmjs.org:443' })
    })
  },
)
