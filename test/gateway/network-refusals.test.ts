import { expect, test } from 'vitest'
import { hostNotAllowed, noNetwork } from '#gateway/egress/network-refusals.ts'
import { presetThatOpens } from '#gateway/egress/presets.ts'

test('a refusal names the preset that opens the very host, where there is one', () => {
  const hosts = ['proxy.golang.org:443', 'pypi.org:443', 'proxy.golang.org:22', 'example.org:443']
  expect(hosts.map(presetThatOpens)).toEqual(['go', 'pypi', undefined, undefined])
  expect(noNetwork('proxy.golang.org:443').remedy).toContain('(egress: [go])')
  expect(hostNotAllowed('pypi.org:443', new Set(['proxy.golang.org:443']))).toEqual({
    status: 403,
    rule: 'network.not-allowed',
    boundary: 'network',
    what: 'pypi.org:443',
    reason: 'Only proxy.golang.org:443 may be reached.',
    remedy:
      'Registries open during setup by a preset in airlock.yaml (egress: [pypi]); dependencies belong there.',
  })
})
