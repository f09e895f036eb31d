import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FileChange } from '#contract/patch.ts'
import { findTampering } from '#gates/tampering.ts'

interface Sides {
  readonly before?: string
  readonly after?: string
  readonly from?: string
}

function find(path: string, { before, after, from }: Sides) {
  const kind =
    from !== undefined
      ? 'renamed'
      : before === undefined
        ? 'added'
        : after === undefined
          ? 'deleted'
          : 'modified'
  const change: FileChange = {
    path,
    ...(from === undefined ? {} : { previousPath: from }),
    kind,
    oldMode: '100644',
    newMode: '100644',
    binary: false,
    additions: 1,
    deletions: 1,
  }
  return findTampering([{ change, before, after }])
}

function rules(path: string, sides: Sides): string[] {
  return find(path, sides).map(({ rule, line }) => (line === undefined ? rule : `${rule}:${line}`))
}

const JS_TEST = "it('adds', () => {\n  expect(add(1, 2)).toBe(3)\n})\n"
const PY_TEST = 'def test_adds():\n    assert add(1, 2) == 3\n'
const GO_TEST = 'func TestAdd(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal("no")\n\t}\n}\n'
const RUST = 'fn add() {}\n\n#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n}\n'

describe('a patch that touches its tests', () => {
  it('is told with rule, path, line and what it was', () => {
    expect(find('test/add.test.js', { before: JS_TEST, after: JS_TEST.replace('it(', 'it.skip(') })).toEqual([
      {
        rule: 'tampering.test-skipped',
        path: 'test/add.test.js',
        line: 1,
        message: "A test is skipped: it.skip('adds', () => {",
      },
    ])
  })

  it.each<[string, string, Sides, string[]]>([
    ['deletes a file', 'test/add.test.js', { before: JS_TEST }, ['tampering.test-deleted']],
    [
      'renames a file away',
      'old/add.js',
      { before: JS_TEST, after: JS_TEST, from: 'test/add.test.js' },
      ['tampering.test-deleted'],
    ],
    [
      'removes a test',
      'add_test.go',
      { before: GO_TEST, after: 'package add\n' },
      ['tampering.test-deleted', 'tampering.assertions-removed'],
    ],
    [
      'removes a Rust test',
      'src/lib.rs',
      { before: RUST, after: 'fn add() {}\n' },
      ['tampering.test-deleted'],
    ],
    ['skips with x', 'a.spec.ts', { before: JS_TEST, after: `x${JS_TEST}` }, ['tampering.test-skipped:1']],
    [
      'focuses one',
      'a.spec.ts',
      { before: JS_TEST, after: JS_TEST.replace('it(', 'it.only(') },
      ['tampering.test-focused:1'],
    ],
    [
      'skips in Python',
      'tests/test_a.py',
      { before: PY_TEST, after: `@pytest.mark.skip(reason="x")\n${PY_TEST}` },
      ['tampering.test-skipped:1'],
    ],
    [
      'expects failure in Python',
      'tests/test_a.py',
      { before: PY_TEST, after: `@pytest.mark.xfail\n${PY_TEST}` },
      ['tampering.test-skipped:1'],
    ],
    [
      'skips in Go',
      'add_test.go',
      { before: GO_TEST, after: GO_TEST.replace('{\n', '{\n\tt.Skip("later")\n') },
      ['tampering.test-skipped:2'],
    ],
    [
      'ignores in Rust',
      'src/lib.rs',
      { before: RUST, after: RUST.replace('#[test]', '#[test]\n#[ignore]') },
      ['tampering.test-skipped:4'],
    ],
    [
      'skips by option',
      'a.test.mjs',
      { before: JS_TEST, after: JS_TEST.replace("'adds', ", "'adds', { skip: true }, ") },
      ['tampering.test-skipped:1'],
    ],
    [
      'removes an assertion',
      'a.test.js',
      { before: JS_TEST, after: "it('adds', () => {\n  add(1, 2)\n})\n" },
      ['tampering.assertions-removed'],
    ],
    [
      'changes an expectation',
      'a.test.js',
      { before: JS_TEST, after: JS_TEST.replace('toBe(3)', 'toBe(4)') },
      ['tampering.assertion-changed'],
    ],
    [
      'empties an assertion',
      'tests/test_a.py',
      { before: PY_TEST, after: 'def test_adds():\n    assert True\n' },
      ['tampering.assertion-empty:2', 'tampering.assertion-changed'],
    ],
  ])('and %s is flagged', (_, path, sides, expected) => {
    expect(rules(path, sides)).toEqual(expected)
  })

  it.each<[string, string, Sides]>([
    [
      'adds a test',
      'a.test.js',
      { before: JS_TEST, after: `${JS_TEST}\n${JS_TEST.replace('adds', 'adds more')}` },
    ],
    ['adds a test file', 'tests/test_b.py', { after: PY_TEST }],
    [
      'indents and reorders',
      'a.test.js',
      { before: JS_TEST, after: `describe('x', () => {\n  ${JS_TEST.replaceAll('\n', '\n  ')}})\n` },
    ],
    [
      'renames a test file',
      'test/sum.test.js',
      { before: JS_TEST, after: JS_TEST, from: 'test/add.test.js' },
    ],
    ['moves a skipped test', 'a.test.js', { before: "a()\nit.skip('x')\n", after: "it.skip('x')\na()\n" }],
    [
      'mentions skipping in a comment',
      'a.test.js',
      { before: JS_TEST, after: `// never use it.skip here\n${JS_TEST}` },
    ],
    ['deletes a fixture', 'test/fixtures/a.json', { before: '{}' }],
    [
      'skips bytes in code that is no test',
      'src/reader.ts',
      { before: '', after: 'reader.skip(3)\nit.skip()\n' },
    ],
    ['deletes code', 'src/contest.js', { before: JS_TEST }],
  ])('and only %s is not', (_, path, sides) => {
    expect(rules(path, sides)).toEqual([])
  })
})

describe('a patch that touches the configuration of checks', () => {
  it.each<[string, Sides, string[]]>([
    [
      'airlock.yaml',
      { before: 'version: 1\n', after: 'version: 1\ngates: []\n' },
      ['tampering.airlock-configuration'],
    ],
    ['.github/workflows/ci.yml', { after: 'on: push\n' }, ['tampering.ci']],
    ['.gitlab-ci.yml', { before: 'x', after: 'y' }, ['tampering.ci']],
    ['.github/CODEOWNERS', { before: 'x' }, ['tampering.review-rule']],
    ['tsconfig.json', { before: '{"strict":true}', after: '{}' }, ['tampering.gate-configuration']],
    ['packages/a/eslint.config.js', { before: 'a', after: 'b' }, ['tampering.gate-configuration']],
    [
      'vitest.config.ts',
      { before: 'lines: 90\nbranches: 80', after: 'lines: 50\nbranches: 85' },
      ['tampering.gate-configuration', 'tampering.threshold-lowered'],
    ],
    ['Makefile', { before: 'test:\n\tgo test', after: 'test:\n\ttrue' }, ['tampering.gate-configuration']],
    [
      'pyproject.toml',
      { before: '[tool.ruff]\nselect = ["E"]\n', after: '[tool.ruff]\nselect = []\n' },
      ['tampering.gate-configuration'],
    ],
    ['setup.cfg', { before: '[tool:pytest]\naddopts = -x\n', after: '' }, ['tampering.gate-configuration']],
    [
      'eslint.config.js',
      { before: 'a', after: 'a', from: 'eslint.config.mjs' },
      ['tampering.gate-configuration', 'tampering.gate-configuration'],
    ],
  ])('%s, is flagged', (path, sides, expected) => {
    expect(rules(path, sides)).toEqual(expected)
  })

  it.each<[string, Sides]>([
    [
      'pyproject.toml',
      {
        before: '[project]\nversion = "1"\n[tool.ruff]\na = 1\n',
        after: '[project]\nversion = "2"\n\n[tool.ruff]\n# same\na = 1\n',
      },
    ],
    ['src/config.ts', { before: 'export const lines = 90', after: 'export const lines = 95' }],
    ['docs/Makefile.md', { before: 'a', after: 'b' }],
    ['src/eslint-plugin/rule.ts', { before: 'a', after: 'b' }],
    ['Cargo.toml', { before: '[dependencies]\na = "1"\n', after: '[dependencies]\na = "2"\n' }],
  ])('%s, only beside them is not', (path, sides) => {
    expect(rules(path, sides)).toEqual([])
  })
})

describe('a patch to package.json', () => {
  const manifest = (value: object) => JSON.stringify(value, null, 2)

  it.each<[object, object, string[]]>([
    [{ scripts: { test: 'vitest' } }, { scripts: { test: 'true' } }, ['tampering.gate-configuration']],
    [{ scripts: { lint: 'eslint .' } }, { scripts: {} }, ['tampering.gate-configuration']],
    [{ scripts: { test: 'x' } }, { scripts: { test: 'x', pretest: 'y' } }, ['tampering.gate-configuration']],
    [{}, { scripts: { postinstall: 'node steal.js' } }, ['tampering.install-script']],
    [{ jest: { bail: 1 } }, { jest: {} }, ['tampering.gate-configuration']],
    [{}, { overrides: { left: '1' } }, ['tampering.gate-configuration']],
    [
      { scripts: { lint: 'eslint --max-warnings 0' } },
      { scripts: { lint: 'eslint --max-warnings 9' } },
      ['tampering.gate-configuration', 'tampering.threshold-lowered'],
    ],
  ])('from %j to %j is flagged', (before, after, expected) => {
    expect(rules('package.json', { before: manifest(before), after: manifest(after) })).toEqual(expected)
  })

  it.each<[object, object]>([
    [{ version: '1.0.0' }, { version: '1.1.0' }],
    [{ scripts: { a: '1' } }, { scripts: { a: '1', b: '2' } }],
    [{ dependencies: {} }, { dependencies: { zod: '4' } }],
  ])('from %j to %j is not', (before, after) => {
    expect(rules('package.json', { before: manifest(before), after: manifest(after) })).toEqual([])
  })

  it('that cannot be read afterwards is flagged', () => {
    expect(rules('package.json', { before: '{}', after: '{' })).toEqual(['tampering.gate-configuration'])
  })
})

describe('a patch to a lockfile', () => {
  const npm = (name: string, more = '') =>
    `{\n  "packages": {\n    "node_modules/${name}": {\n      "resolved": "https://packages.example/${name}/-/${name}-1.tgz"${more}\n    }\n  }\n}\n`

  it.each<[string, Sides, string[]]>([
    ['package-lock.json', { before: npm('a'), after: npm('b') }, ['tampering.lockfile']],
    [
      'package-lock.json',
      { before: npm('a'), after: npm('a', ',\n      "hasInstallScript": true') },
      ['tampering.install-script', 'tampering.lockfile'],
    ],
    [
      'package-lock.json',
      { before: npm('a'), after: npm('a').replace('packages.example', 'evil.example') },
      ['tampering.lockfile-source:4', 'tampering.lockfile'],
    ],
    [
      'Cargo.lock',
      {
        before: 'name = "a"\n',
        after: 'name = "a"\nname = "b"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
      },
      ['tampering.lockfile'],
    ],
    ['go.sum', { before: 'x.io/a v1.0.0 h1:aa=\n', after: 'x.io/b v1.0.0 h1:aa=\n' }, ['tampering.lockfile']],
    [
      'pnpm-lock.yaml',
      {
        before: '',
        after: "packages:\n\n  '@a/b@1.0.0':\n    resolution: {tarball: https://evil.example/x.tgz}\n",
      },
      ['tampering.lockfile', 'tampering.lockfile-source:4'],
    ],
    ['yarn.lock', { before: '', after: '"@a/b@^1", c@2:\n  version "1"\n' }, ['tampering.lockfile']],
    ['bun.lock', { before: 'a', after: 'b' }, ['tampering.lockfile']],
    ['uv.lock', { before: 'name = "a"\n' }, ['tampering.lockfile']],
  ])('%s is flagged: %j', (path, sides, expected) => {
    expect(rules(path, sides)).toEqual(expected)
  })

  it('names what is new', () => {
    expect(find('package-lock.json', { before: npm('a'), after: npm('@x/b') })[0]?.message).toBe(
      'New packages: @x/b',
    )
  })

  it('that only takes packages away still says that versions moved only when lines are new', () => {
    expect(rules('Cargo.lock', { before: 'name = "a"\nname = "b"\n', after: 'name = "a"\n' })).toEqual([])
  })
})

describe('a patch that silences a checker', () => {
  it.each([
    ['src/a.ts', '// eslint-disable-next-line no-undef'],
    ['src/a.ts', 'x() // @ts-ignore'],
    ['src/a.ts', '/* biome-ignore lint: x */'],
    ['src/a.ts', '/* istanbul ignore next */'],
    ['a.py', 'import os  # noqa: F401'],
    ['a.py', 'x = 1  # type: ignore[assignment]'],
    ['a.py', 'def f():  # pragma: no cover'],
    ['a.go', 'x() //nolint:errcheck'],
    ['a.rs', '#[allow(dead_code)]'],
    ['A.java', '@SuppressWarnings("all")'],
  ])('in %s with %s is flagged', (path, line) => {
    expect(rules(path, { before: 'a\n', after: `a\n${line}\n` })).toEqual(['tampering.suppression-added:2'])
    expect(rules(path, { before: `${line}\na\n`, after: `a\n${line}\n` })).toEqual([])
  })

  it.each([
    ['docs/lint.md', '// eslint-disable-next-line'],
    ['src/a.ts', "const text = 'eslint-disable'"],
    ['src/a.rs', '#[derive(Debug)]'],
  ])('in %s is not confused with %s', (path, line) => {
    expect(rules(path, { before: '', after: `${line}\n` })).toEqual([])
  })
})

describe('hostile patches', () => {
  it('never make a rule throw, and findings stay bounded', () => {
    const path = fc.constantFrom(
      'package.json',
      'package-lock.json',
      'a.test.ts',
      'setup.cfg',
      'src/a.rs',
      'vitest.config.ts',
    )
    const text = fc.option(fc.string({ maxLength: 300, unit: 'binary' }), { nil: undefined })
    fc.assert(
      fc.property(path, text, text, (name, before, after) => {
        const sides = {
          ...(before === undefined ? {} : { before }),
          ...(after === undefined ? {} : { after }),
        }
        for (const { message } of find(name, sides)) expect(message.length).toBeLessThanOrEqual(500)
      }),
    )
    const skips = Array.from({ length: 2_000 }, (_, index) => `it.skip('${index}')`).join('\n')
    const found = find('a.test.js', {
      before: '',
      after: `${'// eslint-disable-line\n'.repeat(2_000)}${skips}`,
    })
    const of = (name: string) => found.filter(({ rule }) => rule === `tampering.${name}`)
    expect([of('suppression-added').length, of('test-skipped').length, found.length]).toEqual([51, 51, 102])
    expect(of('test-skipped').at(-1)?.message).toBe('And more of these, which are not listed.')
  })

  it('to a package.json that nests without end, or holds objects for scripts, are told of', () => {
    const deep = (name: string) => `{"jest":${`{"${name}":`.repeat(100_000)}1${'}'.repeat(100_000)}}`
    expect(find('package.json', { before: deep('a'), after: deep('a') })).toEqual([
      { rule: 'tampering.gate-configuration', path: 'package.json', message: 'The field "jest" is changed.' },
    ])
    const scripts = { postinstall: { toString: 1 }, test: [[]] }
    const after = JSON.stringify({ scripts })
    expect(
      find('package.json', { before: '{"scripts":{"test":"x"}}', after }).map(({ message }) => message),
    ).toEqual([
      'The script "test" becomes: no text but a list',
      'The script "postinstall" runs by itself at installation: no text but object',
    ])
  })

  it.each([
    'package.json',
    'package-lock.json',
    'pnpm-lock.yaml',
    'a.test.ts',
    'setup.cfg',
    'vitest.config.ts',
  ])(
    'to %s of a megabyte of what is dearest to each pattern are judged all the same',
    (path) => {
      for (const piece of [
        '"max-warnings": 5\n',
        '  a@1\n',
        '\n',
        'lines ',
        'it.skip(\n',
        '"node_modules/',
        '// eslint-disable\n',
      ]) {
        const after = piece.repeat(1_000_000 / piece.length)
        expect(find(path, { before: after.slice(0, 500_000), after }).length).toBeLessThanOrEqual(500)
      }
    },
    60_000,
  )

  it('without texts, as binary files are, are judged by their path', () => {
    expect(rules('.github/workflows/ci.yml', {})).toEqual(['tampering.ci'])
  })
})
