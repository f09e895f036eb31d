import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EgressPreset } from '#contract/project-file.ts'
import { allowedByPresets } from '#gateway/egress/presets.ts'
import { type RegistryWorld, registryWorld, tarballOf, zipOf } from './registry-world.ts'
import { absentInside, because, type SetupRig, setupRig } from './setup-rig.ts'

/** A wheel, a module and a parent project, at the addresses where the real registries have theirs. */
const WHEEL = 'probe-1.0-py3-none-any.whl'
const MODULE_FILE = 'module example.com/probe\n'
const MODULE = {
  'example.com/probe@v1.0.0/go.mod': MODULE_FILE,
  'example.com/probe@v1.0.0/probe.go': 'package probe\n',
}
const PARENT = `<project><modelVersion>4.0.0</modelVersion><groupId>example.probe</groupId><artifactId>parent</artifactId>
  <version>1.0</version><packaging>pom</packaging></project>`

const obstacles = {
  python: absentInside('python3') ?? absentInside('pip3'),
  go: absentInside('go'),
  maven: absentInside('mvn'),
  cargo: absentInside('cargo'),
}
const trust = {
  NODE_EXTRA_CA_CERTS: '/workspace/ca.pem',
  PIP_CERT: '/workspace/ca.pem',
  REQUESTS_CA_BUNDLE: '/workspace/ca.pem',
  SSL_CERT_FILE: '/workspace/ca.pem',
}

let world: RegistryWorld
let rig: SetupRig
beforeAll(async () => {
  const hosts = [...allowedByPresets(EgressPreset.options)].map((target) => target.replace(/:443$/, ''))
  world = await registryWorld(hosts, registries())
  rig = await setupRig(world.internet, trust)
})
afterAll(async () => {
  await rig.close()
  await world.close()
})

const workspace = (files: Readonly<Record<string, string>> = {}) =>
  rig.workspace({ 'ca.pem': world.authority, ...files })

async function dialedBy(run: () => Promise<unknown>): Promise<string[]> {
  const before = world.dialed.length
  await run()
  return [...new Set(world.dialed.slice(before))].sort()
}

const ASK = (host: string) =>
  `/opt/airlock/node/bin/node -e 'fetch("https://${host}/").then(async (r) => console.log(await r.text()), (e) => console.log(e.cause?.message ?? e))'`

test.each(EgressPreset.options)('the preset %s opens its hosts, by TLS, and no others do', async (preset) => {
  const targets = [...allowedByPresets([preset])]
  const hosts = targets.map((target) => target.replace(/:443$/, ''))
  const place = await workspace()
  const script = hosts.map(ASK).join('\n')
  const dialed = await dialedBy(async () => {
    const { stdout, refusals } = await rig.run('prepare', [preset], place, script)
    expect([stdout.trim().split('\n'), refusals]).toEqual([hosts, []])
  })
  expect(dialed).toEqual([...targets].sort())

  const refused = (rule: string) => targets.map((what) => expect.objectContaining({ rule, what }))
  const others = EgressPreset.options.filter((other) => other !== preset)
  const nothing = await dialedBy(async () => {
    expect((await rig.run('prepare', others, place, script)).refusals).toEqual(refused('network.not-allowed'))
    expect((await rig.run('run', [], place, script)).refusals).toEqual(refused('network.none'))
  })
  expect(nothing).toEqual([])
})

test.skipIf(obstacles.python !== undefined)(
  `pip installs a wheel into a virtual environment that the checks can use${because(obstacles.python)}`,
  async () => {
    const place = await workspace()
    const install = 'python3 -m venv .venv; .venv/bin/python -m pip install --quiet probe==1.0'
    const dialed = await dialedBy(async () => {
      const { said, exit, refusals } = await rig.run('prepare', ['pypi'], place, install)
      expect({ said, exit, refusals }).toEqual({ said: '', exit: 0, refusals: [] })
    })
    expect(dialed).toEqual(['files.pythonhosted.org:443', 'pypi.org:443'])
    const used = await rig.run('check', [], place, `.venv/bin/python -c 'import probe; print(probe.answer)'`)
    expect(used).toMatchObject({ stdout: '42\n', exit: 0 })
    const refused = await rig.run('run', [], place, 'pip3 download --retries 1 --no-deps probe==1.0')
    expect(refused.said).toContain('403 Airlock: There is no network in this phase. (network.none)')
  },
)

test.skipIf(obstacles.go !== undefined)(
  `go downloads a module that the checks can use${because(obstacles.go)}`,
  async () => {
    const manifest = 'module example.com/project\n\ngo 1.19\n\nrequire example.com/probe v1.0.0\n'
    const sums = [
      `example.com/probe v1.0.0 ${goHash(MODULE)}`,
      `example.com/probe v1.0.0/go.mod ${goHash({ 'go.mod': MODULE_FILE })}\n`,
    ].join('\n')
    const place = await workspace({ 'go.mod': manifest, 'go.sum': sums })
    const dialed = await dialedBy(async () => {
      const ran = await rig.run('prepare', ['go'], place, 'go mod download')
      expect(ran).toMatchObject({ said: '', exit: 0, refusals: [] })
    })
    expect(dialed).toEqual(['proxy.golang.org:443'])
    const found = 'cat "$(go list -m -f "{{.Dir}}" example.com/probe)/probe.go"'
    expect((await rig.run('check', [], place, found)).said).toBe('package probe\n')
    const again = await rig.run('run', [], place, 'GOMODCACHE=/tmp/empty go mod download')
    expect(again.said).toContain('Airlock: There is no network in this phase. (network.none)')
  },
)

test.skipIf(obstacles.go !== undefined)(
  `go asks the checksum database, and does not take what it does not vouch for${because(obstacles.go)}`,
  async () => {
    const place = await workspace({ 'go.mod': 'module example.com/project\n\ngo 1.19\n' })
    const dialed = await dialedBy(async () => {
      const ran = await rig.run('prepare', ['go'], place, 'go mod download example.com/probe@v1.0.0')
      expect([ran.exit, ran.refusals]).toEqual([1, []])
    })
    expect(dialed).toEqual(['proxy.golang.org:443', 'sum.golang.org:443'])
  },
)

test.skipIf(obstacles.maven !== undefined)(
  `Maven downloads a parent project that the checks can use${because(obstacles.maven)}`,
  async () => {
    const parent =
      '<parent><groupId>example.probe</groupId><artifactId>parent</artifactId><version>1.0</version></parent>'
    const pom = `<project><modelVersion>4.0.0</modelVersion>${parent}<artifactId>a</artifactId><packaging>pom</packaging></project>`
    const place = await workspace({ 'pom.xml': pom })
    const trusting = `keytool -importcert -noprompt -alias test -file ca.pem -keystore /tmp/trust -storepass changeit
      export MAVEN_OPTS="$MAVEN_OPTS -Djavax.net.ssl.trustStore=/tmp/trust -Djavax.net.ssl.trustStorePassword=changeit"`
    const dialed = await dialedBy(async () => {
      const ran = await rig.run('prepare', ['maven'], place, `${trusting}; mvn -B -q validate`)
      expect([ran.exit, ran.refusals]).toEqual([0, []])
    })
    expect(dialed).toEqual(['repo.maven.apache.org:443'])
    expect(await rig.run('check', [], place, 'mvn -B -q -o validate')).toMatchObject({ exit: 0 })
    const empty = 'MAVEN_OPTS="$MAVEN_OPTS -Dmaven.repo.local=/tmp/empty" mvn -B -q validate'
    const again = await rig.run('run', [], place, empty)
    expect([again.exit, again.refusals[0]?.rule]).toEqual([1, 'network.none'])
    expect(again.said).toContain('Airlock: There is no network in this phase. (network.none)')
  },
)

test.skipIf(obstacles.cargo !== undefined)(
  `cargo fetches a crate that the checks can use${because(obstacles.cargo)}`,
  async () => {
    const manifest =
      '[package]\nname = "a"\nversion = "0.1.0"\n[lib]\npath = "a.rs"\n[dependencies]\nprobe = "1"\n'
    const place = await workspace({ 'Cargo.toml': manifest, 'a.rs': '' })
    const fetch = 'CARGO_HTTP_CAINFO=/workspace/ca.pem cargo fetch --quiet'
    const dialed = await dialedBy(async () => {
      const ran = await rig.run('prepare', ['crates'], place, fetch)
      expect(ran).toMatchObject({ said: '', exit: 0, refusals: [] })
    })
    expect(dialed).toEqual(['index.crates.io:443', 'static.crates.io:443'])
    const tree = await rig.run('check', [], place, 'cargo tree --offline --prefix none --depth 1')
    expect(tree.stdout).toContain('probe v1.0.0')
    const again = await rig.run('run', [], place, `export CARGO_HOME=/tmp/empty; rm Cargo.lock; ${fetch}`)
    expect([again.exit, again.refusals[0]?.rule]).toEqual([101, 'network.none'])
  },
)

function registries(): Record<string, string | Buffer> {
  const files: Record<string, string | Buffer> = {
    'repo.maven.apache.org/maven2/example/probe/parent/1.0/parent-1.0.pom': PARENT,
  }
  const at = (address: string, content: string | Buffer) => {
    files[address] = content
    return createHash('sha256').update(content).digest('hex')
  }
  if (obstacles.python === undefined) {
    const info = 'probe-1.0.dist-info'
    const wheel = zipOf({
      'probe.py': 'answer = 42\n',
      [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n',
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: `probe.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    })
    const digest = at(`files.pythonhosted.org/packages/${WHEEL}`, wheel)
    const link = `https://files.pythonhosted.org/packages/${WHEEL}#sha256=${digest}`
    at('pypi.org/simple/probe/', `<!DOCTYPE html><html><body><a href="${link}">${WHEEL}</a></body></html>`)
  }
  if (obstacles.go === undefined) {
    const version = 'proxy.golang.org/example.com/probe/@v/v1.0.0'
    at(`${version}.info`, JSON.stringify({ Version: 'v1.0.0', Time: '2026-01-31T12:00:00Z' }))
    at(`${version}.mod`, MODULE_FILE)
    at(`${version}.zip`, zipOf(MODULE))
  }
  if (obstacles.cargo === undefined) {
    const manifest = '[package]\nname = "probe"\nversion = "1.0.0"\n'
    const crate = tarballOf({ 'probe-1.0.0/Cargo.toml': manifest, 'probe-1.0.0/src/lib.rs': '' })
    const cksum = at('static.crates.io/crates/probe/1.0.0/download', crate)
    const release = { name: 'probe', vers: '1.0.0', deps: [], cksum, features: {}, yanked: false }
    at('index.crates.io/config.json', '{"dl":"https://static.crates.io/crates","api":"https://crates.io"}')
    at('index.crates.io/pr/ob/probe', JSON.stringify(release))
  }
  return files
}

/** What go.sum says of files: golang.org/x/mod/sumdb/dirhash, Hash1. */
function goHash(files: Readonly<Record<string, string>>): string {
  const hash = (text: string) => createHash('sha256').update(text)
  const lines = Object.entries(files).map(([name, text]) => `${hash(text).digest('hex')}  ${name}\n`)
  return `h1:${hash(lines.join('')).digest('base64')}`
}
