import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { BOUNDS } from '#contract/bounds.ts'
import { ProjectFile } from '#contract/project-file.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type ProjectProblem, problemsOf } from './project-problems.ts'

/** The name the project file has at the root of a repository. */
export const PROJECT_FILE = 'airlock.yaml'

const SHOWN_PROBLEMS = 20

/**
 * Reads `airlock.yaml`; no file at all means every default.
 * Refuses with `invalid_configuration`, whose message holds one `airlock.yaml:line:column path: problem` per line.
 */
export function readProjectFile(bytes: Uint8Array | undefined): Result<ProjectFile> {
  if (bytes === undefined) return ok(ProjectFile.parse({ version: 1 }))
  if (bytes.byteLength > BOUNDS.projectFile)
    return refusal([at(1, 1, `is larger than ${BOUNDS.projectFile / 1024} KiB`)])

  const text = decode(bytes)
  if (text === undefined) return refusal([at(1, 1, 'is not UTF-8 text')])

  const lines = new LineCounter()
  const document = parse(text, lines)
  if (document === undefined) return refusal([at(1, 1, 'is nested too deeply')])

  const syntax = syntaxProblems(document, lines)
  if (syntax.length > 0) return refusal(syntax)
  if (document.contents === null)
    return refusal([at(1, 1, 'is empty; write `version: 1`, or remove the file')])

  const checked = ProjectFile.safeParse(document.toJS({ maxAliasCount: 0 }))
  return checked.success
    ? ok(checked.data)
    : refusal(problemsOf(checked.error.issues, document, lines, ProjectFile))
}

function refusal(problems: readonly ProjectProblem[]): Result<ProjectFile> {
  const shown = problems.slice(0, SHOWN_PROBLEMS).map(render)
  if (problems.length > SHOWN_PROBLEMS) shown.push('and more')
  return refused({
    code: 'invalid_configuration',
    message: shown.join('\n'),
    rule: 'project-file.valid',
    remedy: `Mend ${PROJECT_FILE} on the base branch; docs/airlock-yaml.md describes every key.`,
    details: { file: PROJECT_FILE, problems: problems.slice(0, SHOWN_PROBLEMS) },
  })
}

function render({ line, column, path, message }: ProjectProblem): string {
  return `${PROJECT_FILE}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Nothing when the text is nested so deeply that the parser runs out of stack. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      stringKeys: true,
      strict: true,
      prettyErrors: false,
      lineCounter,
    })
    return document.errors.some(({ message }) => message.includes('call stack')) ? undefined : document
  } catch (thrown) {
    if (thrown instanceof RangeError) return undefined
    throw thrown
  }
}

/** Our own look at repeated keys, since the library's takes quadratic time. Warnings count too: an unknown tag is only a warning to the library, but the value it marks is not what it seems. */
function syntaxProblems(document: Document.Parsed, lines: LineCounter): ProjectProblem[] {
  const problems = [...document.errors, ...document.warnings].map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0])
    return at(line, col, `is not valid YAML: ${message}`)
  })
  if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.2')
    problems.push(at(1, 1, 'asks for another version of YAML; remove the %YAML line'))
  visit(document, {
    Alias(_key, { source, range }) {
      const { line, col } = lines.linePos(range?.[0] ?? 0)
      problems.push(at(line, col, `uses the alias *${source}; write the value out instead`))
      return visit.BREAK
    },
    Map(_key, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        const { line, col } = lines.linePos(key.range?.[0] ?? 0)
        if (seen.has(key.value))
          problems.push(at(line, col, `repeats the key "${String(key.value).slice(0, 60)}"`))
        seen.add(key.value)
      }
    },
  })
  return problems
}

function at(line: number, column: number, message: string): ProjectProblem {
  return { line, column, path: '', message }
}
