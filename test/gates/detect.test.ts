import { describe, expect, it } from 'vitest'
import { detectProject } from '#gates/detect.ts'

type Files = Readonly<Record<string, string>>

async function detect(files: Files) {
  const paths = Object.keys(files).map((path) => ({ path }))
  const { setup, egress, gates, why } = await detectProject(paths, async (path) => files[path])
  return { setup, egress, gates: gates.map((gate) => `${gate.name}: ${gate.run}`), why }
}

function manifest(fields: object): string {
  return JSON.stringify({ name: 'ledger', ...fields })
}

const DEPENDENCIES = { dependencies: { zod: '4' } }

describe('a repository with a package.json', () => {
  it('runs the scripts that check something, the quick ones first', async () => {
    const scripts = {
      test: 'vitest run',
      build: 'vite build',
      lint: 'eslint .',
      start: 'node .',
      typecheck: 'tsc',
    }
    expect(
      await detect({ 'package.json': manifest({ scripts, ...DEPENDENCIES }), 'package-lock.json': '{}' }),
    ).toEqual({
      setup: ['npm ci --no-audit --no-fund'],
      egress: ['npm'],
      gates: [
        'lint: npm run lint',
        'typecheck: npm run typecheck',
        'build: npm run build',
        'test: npm run test',
      ],
      why: [
        'package-lock.json',
        'package.json has the script "lint"',
        'package.json has the script "typecheck"',
        'package.json has the script "build"',
        'package.json has the script "test"',
      ],
    })
  })

  it('without dependencies needs no setup and no network', async () => {
    expect(await detect({ 'package.json': manifest({ scripts: { test: 'node --test' } }) })).toEqual({
      setup: [],
      egress: [],
      gates: ['test: npm run test'],
      why: ['package.json has no dependencies', 'package.json has the script "test"'],
    })
  })

  it.each([
    ['the placeholder of npm init', 'echo "Error: no test specified" && exit 1'],
    ['a script that watches', 'jest --watch'],
    ['an empty script', ' '],
    ['no text', 5],
  ])('does not take %s for a test', async (_, test) => {
    expect((await detect({ 'package.json': manifest({ scripts: { test } }) })).gates).toEqual([])
  })

  it.each([
    [{ 'pnpm-lock.yaml': '' }, 'pnpm@9.1.0+sha512.abc', 'npx --yes pnpm@9.1.0 install --frozen-lockfile'],
    [{ 'pnpm-lock.yaml': '' }, 'pnpm@9.1.0;id', 'npx --yes pnpm@latest install --frozen-lockfile'],
    [{ 'pnpm-lock.yaml': '' }, '$(id)', 'npx --yes pnpm@latest install --frozen-lockfile'],
    [{ 'yarn.lock': '# yarn lockfile v1\n' }, undefined, 'npx --yes yarn@1 install --frozen-lockfile'],
    [
      { 'yarn.lock': '# x\n__metadata:\n' },
      'yarn@4.5.0',
      'npx --yes @yarnpkg/cli-dist@4.5.0 install --immutable',
    ],
    [{ 'npm-shrinkwrap.json': '{}' }, undefined, 'npm ci --no-audit --no-fund'],
    [{}, undefined, 'npm install --no-audit --no-fund --no-package-lock'],
  ])('with %j and the package manager %s installs with %s', async (lock, packageManager, setup) => {
    const files = { 'package.json': manifest({ packageManager, ...DEPENDENCIES }), ...lock } as Files
    expect((await detect(files)).setup).toEqual([setup])
  })

  it('compiles when TypeScript is there and no script does it', async () => {
    const files = {
      'package.json': manifest({ devDependencies: { typescript: '7' } }),
      'tsconfig.json': '{}',
    }
    expect((await detect(files)).gates).toEqual(['typecheck: npx --no-install tsc --noEmit'])
  })

  it.each(['{', '[]', 'null', ''])('that holds %j is left alone', async (text) => {
    expect(await detect({ 'package.json': text })).toEqual({ setup: [], egress: [], gates: [], why: [] })
  })
})

describe('a Python repository', () => {
  it('is installed with its extras and checked with what it configures', async () => {
    const pyproject = `[project]
name = "ledger"
[project.optional-dependencies]
docs = ["sphinx"]
dev = ["pytest>=8", "mypy"]
[tool.ruff]
line-length = 100
[tool.mypy]
strict = true
`
    expect(await detect({ 'pyproject.toml': pyproject })).toEqual({
      setup: ['python3 -m venv .venv', `.venv/bin/python -m pip install --quiet -e '.[dev]' ruff`],
      egress: ['pypi'],
      gates: [
        'lint: .venv/bin/python -m ruff check .',
        'typecheck: .venv/bin/python -m mypy .',
        'test: .venv/bin/python -m pytest',
      ],
      why: [
        'pyproject.toml',
        'ruff is configured',
        'mypy is configured',
        'pytest is configured, required or has tests',
      ],
    })
  })

  it('with only requirements and a test folder is tested with pytest', async () => {
    const found = await detect({ 'requirements.txt': 'flask==3\n', 'tests/test_app.py': '' })
    expect(found.setup[1]).toBe('.venv/bin/python -m pip install --quiet -r requirements.txt pytest')
    expect(found.gates).toEqual(['test: .venv/bin/python -m pytest'])
  })

  it('with a stray setup.cfg and nothing else has no gates', async () => {
    expect(await detect({ 'setup.cfg': '[metadata]\n' })).toEqual({
      setup: [],
      egress: [],
      gates: [],
      why: [],
    })
  })
})

describe('other repositories', () => {
  it('in Go are built, vetted and tested', async () => {
    expect(await detect({ 'go.mod': 'module x\n\nrequire y v1.0.0\n' })).toEqual({
      setup: ['go mod download'],
      egress: ['go'],
      gates: ['build: go build ./...', 'vet: go vet ./...', 'test: go test ./...'],
      why: ['go.mod'],
    })
  })

  it('in Go need no network when nothing is required or all is vendored', async () => {
    expect((await detect({ 'go.mod': 'module x\n' })).setup).toEqual([])
    expect((await detect({ 'go.mod': 'require y v1\n', 'vendor/modules.txt': '' })).setup).toEqual([])
  })

  it('in Rust are checked and tested offline, with clippy when it is configured', async () => {
    expect(
      await detect({
        'Cargo.toml': '[package]\n[dependencies]\nserde = "1"\n',
        'Cargo.lock': '',
        'clippy.toml': '',
      }),
    ).toEqual({
      setup: ['cargo fetch --locked'],
      egress: ['crates'],
      gates: [
        'lint: cargo clippy --offline --workspace --all-targets',
        'build: cargo check --offline --workspace --all-targets',
        'test: cargo test --offline --workspace',
      ],
      why: ['Cargo.toml'],
    })
  })

  it.each([
    ['test: deps\n\tgo\n', ['test: make test']],
    ['.PHONY: test lint\nlint test:\n\tx\n', ['lint: make lint', 'test: make test']],
    ['check:\n\tx\n', ['check: make check']],
    ['test:\n\tx\ncheck:\n\tx\n', ['test: make test']],
    ['test := 5\n# lint: no\n\tlint: no\n', []],
  ])('with the Makefile %j run %j', async (text, gates) => {
    expect((await detect({ Makefile: text })).gates).toEqual(gates)
  })

  it('with several ecosystems get the gates of each, and make only for what is left', async () => {
    const found = await detect({
      'package.json': manifest({ scripts: { test: 'jest' } }),
      'go.mod': 'module x\n',
      Makefile: 'test:\n\tx\nlint:\n\tx\n',
    })
    expect(found.gates).toEqual([
      'test: npm run test',
      'build: go build ./...',
      'vet: go vet ./...',
      'test-go: go test ./...',
      'lint: make lint',
    ])
  })

  it('with nothing known have no gates', async () => {
    expect(await detect({ 'README.md': '# x' })).toEqual({ setup: [], egress: [], gates: [], why: [] })
  })
})
