import type { Detected, Sources } from './detected.ts'

const REQUIREMENTS = [
  'requirements.txt',
  'requirements-dev.txt',
  'dev-requirements.txt',
  'requirements-test.txt',
  'test-requirements.txt',
  'requirements_dev.txt',
]
const EXTRAS = ['dev', 'test', 'tests', 'testing']

/** Python projects with pytest, ruff or mypy, installed into `.venv`. */
export async function detectPython({ paths, read }: Sources): Promise<Detected | undefined> {
  const requirements = REQUIREMENTS.filter((path) => paths.has(path))
  const manifests = ['pyproject.toml', 'setup.cfg', 'setup.py', 'tox.ini', 'pytest.ini', ...requirements]
  const present = manifests.filter((path) => paths.has(path))
  if (present.length === 0 && !paths.has('conftest.py')) return undefined

  const texts = new Map<string, string>()
  for (const path of present) texts.set(path, (await read(path)) ?? '')
  const tools = toolsOf([...texts.values()].join('\n'), paths)
  const packages = installables(texts, requirements)
  if (tools.length === 0 && packages.length === 0) return undefined

  const wanted = tools.map((tool) => tool.program).filter((program) => !names(texts, program))
  const installs = [...packages, ...wanted]
  return {
    ecosystem: 'python',
    setup:
      installs.length === 0
        ? []
        : ['python3 -m venv .venv', `.venv/bin/python -m pip install --quiet ${installs.join(' ')}`],
    egress: installs.length === 0 ? [] : ['pypi'],
    gates: tools.map(({ gate, program, rest }) => ({
      name: gate,
      run: `.venv/bin/python -m ${program}${rest}`,
    })),
    why: [present.join(', '), ...tools.map((tool) => tool.why)].filter((line) => line !== ''),
  }
}

interface Tool {
  readonly gate: string
  readonly program: string
  readonly rest: string
  readonly why: string
}

function toolsOf(text: string, paths: ReadonlySet<string>): Tool[] {
  const tools: Tool[] = []
  if (/^\[tool\.ruff/m.test(text) || paths.has('ruff.toml') || paths.has('.ruff.toml'))
    tools.push({ gate: 'lint', program: 'ruff', rest: ' check .', why: 'ruff is configured' })
  if (/^\[(?:tool\.)?mypy\]/m.test(text) || paths.has('mypy.ini') || paths.has('.mypy.ini')) {
    const chosen = /^\s*(?:files|packages|modules)\s*=/m.test(text)
    tools.push({ gate: 'typecheck', program: 'mypy', rest: chosen ? '' : ' .', why: 'mypy is configured' })
  }
  const configured = /^\[(?:tool\.pytest|tool:pytest|pytest\])/m.test(text) || paths.has('pytest.ini')
  if (configured || /\bpytest\b/.test(text) || paths.has('conftest.py') || hasPytestFiles(paths))
    tools.push({
      gate: 'test',
      program: 'pytest',
      rest: '',
      why: 'pytest is configured, required or has tests',
    })
  return tools
}

function hasPytestFiles(paths: ReadonlySet<string>): boolean {
  for (const path of paths)
    if (/^tests?\/(?:.*\/)?(?:test_[^/]*|[^/]*_test|conftest)\.py$/.test(path)) return true
  return false
}

function installables(texts: ReadonlyMap<string, string>, requirements: readonly string[]): string[] {
  const pyproject = texts.get('pyproject.toml') ?? ''
  const packaged = /^\[(?:project|build-system)\]/m.test(pyproject) || texts.has('setup.py')
  const extras = EXTRAS.filter((extra) => hasExtra(pyproject, extra))
  return [
    ...(packaged ? [`-e '.${extras.length === 0 ? '' : `[${extras.join(',')}]`}'`] : []),
    ...requirements.map((path) => `-r ${path}`),
  ]
}

function hasExtra(pyproject: string, extra: string): boolean {
  const table = /^\[project\.optional-dependencies\]\n((?:(?!\[[a-z]).*\n?)*)/m.exec(pyproject)?.[1] ?? ''
  return new RegExp(`^${extra}\\s*=`, 'm').test(table)
}

/** Whether the project already asks for a program, with the version it wants. */
function names(texts: ReadonlyMap<string, string>, program: string): boolean {
  const asked = new RegExp(`(?:^|["'\\s])${program}(?:["'\\s\\[<>=~!;]|$)`, 'm')
  return [...texts].some(([path, text]) => path !== 'tox.ini' && asked.test(text.replace(/^\[.*\]$/gm, '')))
}
