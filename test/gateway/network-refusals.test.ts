import { expect, test } from 'vitest'
import { hostNotAllowed, noNetwork } from '#gateway/egress/network-refusals.ts'
import { egressPolicy } from '#gateway/egress/policy.ts'
import { presetThatOpens } from '#gateway/egress/presets.ts'

const tried = (host: string, port = 443) => ({
  what: `${host}:${port}`,
  target: { scheme: 'https' as const, host, port },
})

test('a refusal names the preset that opens the very host, where there is one', () => {
  const hosts = ['proxy.golang.org:443', 'pypi.org:443', 'proxy.golang.org:22', 'example.org:443']
  expect(hosts.map(presetThatOpens)).toEqual(['go', 'pypi', undefined, undefined])
  expect(noNetwork(tried('proxy.golang.org'), egressPolicy([])).remedy).toContain('(egress: [go])')
  expect(hostNotAllowed(tried('pypi.org'), egressPolicy(['go']))).toEqual({
    status: 403,
    rule: 'network.not-allowed',
    boundary: 'network',
    what: 'pypi.org:443',
    reason: 'Only proxy.golang.org:443, sum.golang.org:443 may be reached.',
    remedy:
      'Registries open during setup by a preset in airlock.yaml (egress: [pypi]); dependencies belong there.',
  })
})

test('where people may be asked, a refusal says what they type, and asks only for what they should allow', () => {
  const policy = egressPolicy(['npm'], [], 'airlock widen 3')
  const refused = (host: string, port?: number) => {
    const { remedy, asked } = hostNotAllowed(tried(host, port), policy)
    return [/airlock widen 3 \S+/.exec(remedy ?? '')?.[0], asked]
  }
  const mirror = { scheme: 'https', host: 'mirror.example.org', port: 443 }
  expect(refused('mirror.example.org')).toEqual(['airlock widen 3 mirror.example.org,', mirror])
  expect(refused('mirror.example.org', 8443)).toEqual(['airlock widen 3 mirror.example.org:8443', undefined])
  for (const host of ['localhost', 'intranet', 'app.localhost'])
    expect(refused(host)[1], host).toBeUndefined()
})
