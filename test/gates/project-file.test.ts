import { readFileSync } from 'node:fs'
import Ajv from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { BOUNDS } from '#contract/bounds.ts'
import { readProjectFile } from '#gates/project-file.ts'
import { projectSchema } from '#gates/project-schema.ts'
import { utf8 } from '#kernel/bytes.ts'

function messageOf(text: string): string {
  const read = readProjectFile(utf8(text))
  return read.ok ? 'accepted' : `${read.failure.code}\n${read.failure.message}`
}

describe('a project file', () => {
  it('that does not exist means the defaults', () => {
    expect(readProjectFile(undefined)).toEqual({
      ok: true,
      value: { version: 1, setup: [], egress: [], protected: [], branches: { protected: [] } },
    })
  })

  it('is read with every key', () => {
    const text = `
version: 1
setup: [npm ci]
egress: [npm]
gates:
  - name: unit
    run: npm test
    parser: vitest
    timeoutSeconds: 60
  - { name: lint, run: npm run lint }
scope:
  include: ['src/**']
protected: ['.github/**']
branches:
  protected: [release]
image: node:24
`
    expect(readProjectFile(utf8(text))).toEqual({
      ok: true,
      value: {
        version: 1,
        setup: ['npm ci'],
        egress: ['npm'],
        gates: [
          { name: 'unit', run: 'npm test', parser: 'vitest', timeoutSeconds: 60 },
          { name: 'lint', run: 'npm run lint', parser: 'auto', timeoutSeconds: 600 },
        ],
        scope: { include: ['src/**'], exclude: [] },
        protected: ['.github/**'],
        branches: { protected: ['release'] },
        image: 'node:24',
      },
    })
  })

  it('is refused with the place of every problem and how to mend it', () => {
    const text = `version: 2
gatess: []
egress:
  - npmm
  - 7
gates:
  - name: Unit Tests
    run: 5
    timeout: 60
  - run: npm test
    timeoutSeconds: 9999
scope:
  include: []
`
    expect(messageOf(text)).toBe(`invalid_configuration
airlock.yaml:1:10 version: must be 1
airlock.yaml:2:1 gatess: is not a known key; did you mean \`gates\`?
airlock.yaml:4:5 egress[0]: cannot be "npmm"; did you mean \`npm\`?
airlock.yaml:5:5 egress[1]: cannot be 7; use one of npm, pypi, go, crates, maven, debian, rubygems
airlock.yaml:7:11 gates[0].name: cannot be "Unit Tests"; use at most 40 lower-case letters, digits and hyphens
airlock.yaml:8:10 gates[0].run: must be text
airlock.yaml:9:5 gates[0].timeout: is not a known key; use one of name, run, parser, timeoutSeconds
airlock.yaml:10:5 gates[1].name: is missing; add it
airlock.yaml:11:21 gates[1].timeoutSeconds: must be at most 3600
airlock.yaml:13:12 scope.include: must not be empty`)
  })

  it('names hosts beside the presets, with method and path where they can be seen', () => {
    const text = `version: 1
egress:
  - npm
  - host: npm.example.org
  - { host: mirror.example.org, port: 80, paths: [/debian/] }
  - { host: nexus.example.org, scheme: http, port: 8081, methods: [GET], paths: ['/repository/npm/**'] }
`
    const file = readProjectFile(Buffer.from(text))
    expect(file.ok && file.value.egress).toEqual([
      'npm',
      { host: 'npm.example.org' },
      { host: 'mirror.example.org', port: 80, paths: ['/debian/'] },
      {
        host: 'nexus.example.org',
        scheme: 'http',
        port: 8081,
        methods: ['GET'],
        paths: ['/repository/npm/**'],
      },
    ])
  })

  it('is refused for hosts that nobody could allow, and for bounds on what nobody can see', () => {
    const text = `version: 1
egress:
  - host: 10.0.0.1
  - host: intranet
  - { host: a.example.org, paths: [/x] }
  - { host: b.example.org, port: 80, methods: [BREW], path: /x }
  - { host: c.example.org, port: 80, paths: [x, /a/../b] }
  - { host: c.example.org }
  - { host: c.example.org, port: 443 }
`
    expect(messageOf(text)).toMatchInlineSnapshot(`
      "invalid_configuration
      airlock.yaml:3:11 egress[0].host: cannot be "10.0.0.1"; use a full host name in lower case, no address: mirror.example.org
      airlock.yaml:4:11 egress[1].host: cannot be "intranet"; use a full host name in lower case, no address: mirror.example.org
      airlock.yaml:5:35 egress[2].paths: cannot be seen inside TLS; leave it out, or name scheme: http
      airlock.yaml:6:48 egress[3].methods[0]: cannot be "BREW"; use one of GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE
      airlock.yaml:6:55 egress[3].path: is not a known key; did you mean \`paths\`?
      airlock.yaml:7:46 egress[4].paths[0]: cannot be "x"; use a path that begins with a slash, such as /npm/**
      airlock.yaml:7:49 egress[4].paths[1]: no empty parts, no dots alone, and ** only between slashes"
    `)
  })

  it('is refused when two gates have one name', () => {
    expect(messageOf('version: 1\ngates:\n- {name: a, run: x}\n- {name: a, run: y}\n')).toBe(
      'invalid_configuration\nairlock.yaml:4:10 gates[1].name: another gate is already called "a"',
    )
  })

  it.each([
    ['', '1:1 is empty; write `version: 1`, or remove the file'],
    ['- 1\n', '1:1 must be a map of keys'],
    ['version: 1\nversion: 1\n', '2:1 repeats the key "version"'],
    ['version: 1\n---\nversion: 1\n', '2:1 is not valid YAML: Source contains multiple documents'],
    ['version: !!js/function "1"\n', '1:10 is not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['version: 1\nsetup: &a [x]\nprotected: *a\n', '3:12 uses the alias *a; write the value out instead'],
    ['%YAML 1.1\n---\nversion: 1\n', '1:1 asks for another version of YAML; remove the %YAML line'],
    ['version: [1\n', '2:1 is not valid YAML: '],
    ['? [1]\n: 2\n', '1:3 is not valid YAML: With stringKeys, all keys must be strings'],
    ['__proto__: {version: 1}\nversion: 1\n', '1:1 __proto__: is not a known key; '],
    [`version: ${'['.repeat(100_000)}`, '1:1 is nested too deeply'],
    [`setup: ${'['.repeat(300)}${']'.repeat(300)}`, '1:1 version: is missing; add it'],
    [`version: {${'a,'.repeat(50_000)}}`, '1:13 repeats the key "a"'],
    [`#${'x'.repeat(BOUNDS.projectFile)}`, '1:1 is larger than 256 KiB'],
  ])('is refused, not guessed at: %.40s', (text, expected) => {
    expect(messageOf(text)).toContain(`invalid_configuration\nairlock.yaml:${expected}`)
  })

  it('does not expand a bomb of anchors', () => {
    const levels = Array.from({ length: 20 }, (_, n) => `l${n + 1}: &l${n + 1} [*l${n}, *l${n}]`)
    expect(messageOf(['l0: &l0 [x]', ...levels].join('\n'))).toContain('uses the alias *l0')
  })

  it('that is not UTF-8 is refused', () => {
    const read = readProjectFile(Uint8Array.of(0x76, 0xff, 0xfe))
    expect(read.ok || read.failure.message).toBe('airlock.yaml:1:1 is not UTF-8 text')
  })

  it('with very many keys or gates is judged like a small one', () => {
    const keys = Array.from({ length: 25_000 }, (_, index) => `k${index}: 1`).join('\n')
    expect(messageOf(`version: 1\n${keys}`).split('\n')[1]).toContain(
      'airlock.yaml:2:1 k0: is not a known key',
    )
    expect(messageOf(`version: 1\ngates: [${'{name: a, run: x},'.repeat(14_000)}]`)).toContain(
      'gates: must hold at most 30',
    )
  })

  it('with hundreds of problems shows the first twenty', () => {
    const text = `version: 1\nprotected:\n${'  - 1\n'.repeat(50)}`
    expect(messageOf(text).split('\n')).toHaveLength(1 + 20 + 1)
  })
})

describe('the published schema', () => {
  const published = JSON.parse(
    readFileSync(new URL('../../docs/airlock.schema.json', import.meta.url), 'utf8'),
  )

  it('is the one the code generates', () => {
    expect(published).toEqual(projectSchema())
  })

  it('accepts the examples of docs/airlock-yaml.md, and so does the reader', () => {
    const page = readFileSync(new URL('../../docs/airlock-yaml.md', import.meta.url), 'utf8')
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')
    const validate = new Ajv.Ajv2020({ strict: false }).compile(published)
    expect(examples.length).toBeGreaterThan(1)
    for (const example of examples) {
      expect(validate(parse(example)), JSON.stringify(validate.errors)).toBe(true)
      expect(messageOf(example)).toBe('accepted')
    }
  })
})
