import fc from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, test } from 'vitest'
import { looksLikeDotGit } from '#guards/git-name.ts'
import { type CompiledScope, compileScope } from '#guards/scope.ts'

function scope(include: string[], exclude: string[] = [], guarded: string[] = []): CompiledScope {
  const compiled = compileScope({ include, exclude }, guarded)
  if (!compiled.ok) throw new Error(compiled.failure.message)
  return compiled.value
}

function rule(compiled: CompiledScope, path: string): string {
  const decision = compiled.decide(path)
  return decision.allowed ? 'allowed' : decision.rule
}

function rules(compiled: CompiledScope, paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, rule(compiled, path)]))
}

describe('deciding on a path', () => {
  test('globs include, exclude and protect, the strictest first', () => {
    const compiled = scope(['src/**', 'README.md', 'test/*.test.ts'], ['src/vendor/**'], ['src/secrets.ts'])
    expect(
      rules(compiled, [
        'src/a.ts',
        'src/deep/er/a.ts',
        'src/.hidden/.file',
        'README.md',
        'test/a.test.ts',
        'test/deep/a.test.ts',
        'src/vendor/x.js',
        'src/secrets.ts',
        'package.json',
        'srcs/a.ts',
        'src',
        'airlock.yaml',
        '.git/config',
      ]),
    ).toEqual({
      'src/a.ts': 'allowed',
      'src/deep/er/a.ts': 'allowed',
      'src/.hidden/.file': 'allowed',
      'README.md': 'allowed',
      'test/a.test.ts': 'allowed',
      'test/deep/a.test.ts': 'scope.write',
      'src/vendor/x.js': 'scope.exclude',
      'src/secrets.ts': 'scope.protected',
      'package.json': 'scope.write',
      'srcs/a.ts': 'scope.write',
      src: 'scope.write',
      'airlock.yaml': 'scope.protected',
      '.git/config': 'scope.git',
    })
  })

  test('a refusal gives the rule, the reason and the smallest change that would allow it', () => {
    expect(scope(['src/**']).decide('package.json')).toEqual({
      allowed: false,
      rule: 'scope.write',
      reason: "'package.json' is outside the scope (src/**).",
      remedy: "Start the task with --scope 'package.json', or a glob that matches it.",
    })
  })

  test('paths that are not plain are refused whatever the scope', () => {
    const whole = scope(['**'])
    for (const path of [
      '',
      '/etc/passwd',
      '../x',
      'a/../../x',
      'a//b',
      './a',
      'a/.',
      'a/',
      'a\\b',
      'a\0b',
      'x'.repeat(5000),
    ])
      expect(rule(whole, path), path).toBe('scope.path')
  })

  test('what passes for .git on some file system is refused', () => {
    const whole = scope(['**'])
    for (const path of [
      '.git',
      '.GIT/config',
      'a/.Git',
      '.git./x',
      '.git /x',
      'git~1/x',
      '.g\u200cit/x',
      '.git::$INDEX_ALLOCATION/x',
      '\uff0egit',
    ])
      expect(rule(whole, path), path).toBe('scope.git')
    for (const path of ['.github/x', '.gitignore', 'git', 'a.git', '.gitmodules', 'x/.git-keep'])
      expect(rule(whole, path), path).toBe('allowed')
  })

  test('protection and exclusion see through case and composition, inclusion does not widen', () => {
    const compiled = scope(['**'], ['Docs/Caf\u00e9/**'], ['.github/**'])
    expect(
      rules(compiled, ['.GITHUB/workflows/x.yml', 'AIRLOCK.yaml', 'docs/cafe\u0301/a', 'Airlock.YML']),
    ).toEqual({
      '.GITHUB/workflows/x.yml': 'scope.protected',
      'AIRLOCK.yaml': 'scope.protected',
      'docs/cafe\u0301/a': 'scope.exclude',
      'Airlock.YML': 'scope.protected',
    })
    expect(rules(scope(['src/caf\u00e9/**']), ['src/cafe\u0301/a', 'SRC/caf\u00e9/a'])).toEqual({
      'src/cafe\u0301/a': 'allowed',
      'SRC/caf\u00e9/a': 'scope.write',
    })
  })

  test('brackets and parentheses are names, and a glob without wildcards covers what is below', () => {
    const compiled = scope(['app/[id]/(group)/page.tsx', 'lib', 'src/{a,b}/*.{ts,js}'])
    expect(
      rules(compiled, [
        'app/[id]/(group)/page.tsx',
        'app/i/(group)/page.tsx',
        'lib/x/y',
        'lib',
        'src/b/x.js',
        'src/c/x.js',
      ]),
    ).toEqual({
      'app/[id]/(group)/page.tsx': 'allowed',
      'app/i/(group)/page.tsx': 'scope.write',
      'lib/x/y': 'allowed',
      lib: 'allowed',
      'src/b/x.js': 'allowed',
      'src/c/x.js': 'scope.write',
    })
  })

  test('a glob made to blow up a regular expression is answered at once', () => {
    const compiled = scope([`${'*a'.repeat(200)}b`, `${'**/*a*/'.repeat(60)}x`])
    expect(rule(compiled, 'a'.repeat(4000))).toBe('scope.write')
    expect(rule(compiled, 'aa/'.repeat(1300).slice(0, -1))).toBe('scope.write')
  })
})

test('a scope that cannot be used is invalid_scope and names the glob', () => {
  for (const glob of [
    '/abs/**',
    '../x',
    'a/../b',
    'a//b',
    'src/',
    '!src/**',
    'a\\b',
    '@(a|b)',
    '+(a)',
    'src/**.ts',
    '{a,{b,c}}',
    '{a,b',
    'a}',
    '{a}',
    '{a,}',
    '{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}{1,2}',
    'a\nb',
    '.',
    '{a/..,b}',
  ])
    expect(compileScope({ include: ['ok/**', glob], exclude: [] }), glob).toMatchObject({
      ok: false,
      failure: { code: 'invalid_scope', rule: 'scope.glob', details: { glob } },
    })
  expect(compileScope({ include: [], exclude: [] })).toMatchObject({
    ok: false,
    failure: { code: 'invalid_scope', rule: 'scope.empty' },
  })
  expect(compileScope({ include: ['**'], exclude: ['/x'] }).ok).toBe(false)
  expect(compileScope({ include: ['**'], exclude: [] }, ['!x']).ok).toBe(false)
})

test('whole directories can be enforced by mounts, anything else cannot', () => {
  expect(scope(['src/billing/**', 'test/**', 'test/**']).directories()).toEqual(['src/billing', 'test'])
  expect(scope(['src/**', 'README.md']).directories()).toBeUndefined()
  expect(scope(['**']).directories()).toBeUndefined()
  expect(scope(['src/*/**']).directories()).toBeUndefined()
})

test('globs mean what picomatch says they mean', () => {
  const name = fc.stringMatching(/^[ab.]{1,3}$/).filter((text) => !/^\.+$/.test(text))
  const part = fc.oneof(
    fc.constant('**'),
    fc.stringMatching(/^[ab*?]{1,4}$/).filter((text) => !text.includes('**')),
  )
  fc.assert(
    fc.property(
      fc
        .array(part, { minLength: 1, maxLength: 5 })
        .filter((parts) => parts.some((text) => /[*?]/.test(text))),
      fc.array(name, { minLength: 1, maxLength: 5 }),
      (parts, names) => {
        // picomatch lets `a/**` match `a` itself; a scope means what is below it.
        const glob = parts.join('/').replace(/\*\*$/, '**/*')
        const path = names.join('/')
        const expected = picomatch(glob, { dot: true, noext: true, nobracket: true })(path)
        const ours = rule(scope([glob]), path) === 'allowed'
        if (ours !== expected)
          expect({ glob, ours: rule(scope([`${glob}`]), path), path, expected }).toBe('equal')
      },
    ),
    { numRuns: 2_000 },
  )
})

test('every name that passes for .git keeps doing so in any case', () => {
  fc.assert(
    fc.property(fc.mixedCase(fc.constantFrom('.git', 'git~1', '.git.', '.git  ')), (name) =>
      looksLikeDotGit(name),
    ),
  )
})
