import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Phase } from '#sandbox/driver.ts'
import { EGRESS_ADDRESS, sandboxEnvironment } from '#sandbox/environment.ts'

const proxiesIn = (phase: Phase) =>
  Object.entries(sandboxEnvironment(phase)).filter(([name]) => /proxy/i.test(name) && !/no_proxy/i.test(name))

test('every spelling of the proxy leads to the egress relay, and there is none in the check phase', () => {
  for (const phase of ['prepare', 'run'] as const)
    expect(Object.fromEntries(proxiesIn(phase))).toEqual({
      HTTP_PROXY: EGRESS_ADDRESS,
      HTTPS_PROXY: EGRESS_ADDRESS,
      http_proxy: EGRESS_ADDRESS,
      https_proxy: EGRESS_ADDRESS,
      YARN_HTTP_PROXY: EGRESS_ADDRESS,
      YARN_HTTPS_PROXY: EGRESS_ADDRESS,
      NODE_USE_ENV_PROXY: '1',
    })
  expect(proxiesIn('check')).toEqual([])
})

test('Maven has one repository in all phases, and the proxy where there is one', () => {
  const repository = '-Dmaven.repo.local=/workspace/.git/airlock/maven'
  const { hostname, port } = new URL(EGRESS_ADDRESS)
  const proxied = `${repository} -Dhttps.proxyHost=${hostname} -Dhttps.proxyPort=${port}`
  const phases = ['prepare', 'run', 'check'] as const
  expect(phases.map((phase) => sandboxEnvironment(phase).MAVEN_OPTS)).toEqual([proxied, proxied, repository])
})

test('what the checks need of a download is kept with the workspace, and no cache is in the patch', () => {
  const { CARGO_HOME, COREPACK_HOME, GOMODCACHE, YARN_GLOBAL_FOLDER, ...rest } = sandboxEnvironment('check')
  for (const place of [CARGO_HOME, COREPACK_HOME, GOMODCACHE, YARN_GLOBAL_FOLDER])
    expect(place).toMatch(/^\/workspace\/\.git\/airlock\/[a-z]/)
  expect(Object.entries(rest).filter(([, value]) => /\/workspace(?!\/\.git\/airlock\/)/.test(value))).toEqual(
    [],
  )
})

test('with an image its own PATH and its own authorities count, and never files of the host', async () => {
  const root = await mkdtemp(join(tmpdir(), 'airlock-environment-'))
  try {
    const { NODE_EXTRA_CA_CERTS } = sandboxEnvironment('prepare', {}, { root, path: undefined })
    expect(NODE_EXTRA_CA_CERTS).toBeUndefined()
    await mkdir(join(root, 'etc/pki/tls/certs'), { recursive: true })
    // Dangling out here, and what it says only in the image.
    await symlink('/etc/pki/ca-trust/bundle', join(root, 'etc/pki/tls/certs/ca-bundle.crt'))
    const image = { root, path: '/opt/java/bin:/bin' }
    expect(sandboxEnvironment('prepare', {}, image)).toMatchObject({
      PATH: '/opt/java/bin:/bin:/opt/airlock/node/bin',
      NODE_EXTRA_CA_CERTS: '/etc/pki/tls/certs/ca-bundle.crt',
    })
    expect(sandboxEnvironment('check', { PATH: '/mine' }, image).PATH).toBe('/mine')
  } finally {
    await rm(root, { recursive: true })
  }
})
