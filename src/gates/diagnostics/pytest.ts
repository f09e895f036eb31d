import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

const SUMMARY = /^(FAILED|ERROR) (\S+?)(?:::(.+?))?(?: - (.*))?$/
const SECTION = /^_{3,} (.+?) _{3,}$/
const PLACE = /^(\S+?):(\d+): /

export function recognisesPytest(output: PlainOutput): boolean {
  return /^=+ (?:test session starts|short test summary info) =+$|^=* ?\d+ (?:passed|failed|errors?)\b.* in [\d.]+s/m.test(
    output.text,
  )
}

/** pytest: the short summary names the failures, the sections above it say what happened, in full. */
export function parsePytest(output: PlainOutput): Finding[] {
  const lines = output.lines
  const sections = sectionsOf(lines)
  return lines
    .slice(lines.findLastIndex((line) => line.includes('short test summary info')) + 1)
    .flatMap((text) => {
      const summary = SUMMARY.exec(text)
      if (summary === null) return []
      const [, , file = '', test = '', said = ''] = summary
      const section = takeSection(sections, test === '' ? file : test.replaceAll('::', '.'), file)
      const message = section?.message ?? said
      return [finding({ tool: 'pytest', rule: test, file, line: section?.line, message })]
    })
}

interface Section {
  readonly name: string
  readonly message: string | undefined
  readonly file: string | undefined
  readonly line: string | undefined
}

function sectionsOf(lines: readonly string[]): Map<string, Section[]> {
  const starts = lines.flatMap((line, index) => (SECTION.test(line) ? [index] : []))
  const sections = starts.map((start, index) => {
    const name = SECTION.exec(lines[start] ?? '')?.[1] ?? ''
    const body = lines.slice(start + 1, starts[index + 1] ?? lines.length)
    const end = body.findIndex((line) => /^=+ .* =+$/.test(line))
    return sectionOf(name, end === -1 ? body : body.slice(0, end))
  })
  return Map.groupBy(sections, (section) => section.name)
}

function sectionOf(name: string, body: readonly string[]): Section {
  const place = PLACE.exec(body.find((line) => PLACE.test(line) && !line.startsWith('/')) ?? '')
  return {
    name: name.replace(/^ERROR (?:collecting|at setup of|at teardown of) /, ''),
    message: body
      .find((line) => /^E {2,}\S/.test(line))
      ?.slice(1)
      .trim(),
    file: place?.[1],
    line: place?.[2],
  }
}

/** Tests of one name may stand in several files; each section is used once. */
function takeSection(sections: Map<string, Section[]>, name: string, file: string): Section | undefined {
  const named = sections.get(name) ?? []
  const index = named.slice(0, 100).findIndex((section) => section.file === file)
  return named.splice(Math.max(index, 0), 1)[0]
}
