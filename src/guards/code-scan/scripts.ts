import { decidingFinding, judgeCommand, lineOf } from '../command/judge.ts'
import type { CommandClass } from '../command/verdict.ts'
import type { Unprinted } from './finding.ts'
import { sourceKind } from './source-kind.ts'
import { type NotScanned, plainFinding } from './suppression.ts'

/** What the scripts in a file would run, and why not all of it could be judged. */
export interface Scripts {
  readonly findings: readonly Unprinted[]
  readonly incomplete?: NotScanned | undefined
}

/** A script that asks for one of these is told of; the rest is ordinary in scripts and judged when it runs. */
const TOLD: readonly CommandClass[] = [
  'reverse-shell',
  'remote-script',
  'obfuscation',
  'exfiltration',
  'resource-bomb',
]

const LONGEST_SCRIPT = 60_000

export function judgeScripts(path: string, text: string, lines: readonly string[]): Scripts {
  const findings: Unprinted[] = []
  let incomplete: NotScanned | undefined
  for (const { command, line: first } of scriptsOf(path, text)) {
    if (command.length > LONGEST_SCRIPT) {
      incomplete ??= 'too_large'
      continue
    }
    const judgement = judgeCommand(command, { workspace: '/workspace', phase: 'prepare' })
    const decisive = decidingFinding(judgement)
    for (const finding of judgement.findings.filter(({ verdict }) => verdict === 'deny')) {
      if (finding.class === 'unreadable') incomplete ??= 'unparsable'
      if (!TOLD.includes(finding.class)) continue
      const line = first + (lineOf(command, finding) ?? (decisive && lineOf(command, decisive)) ?? 1) - 1
      findings.push(
        plainFinding(path, line, lines[line - 1] ?? '', {
          rule: finding.rule,
          class: 'dangerous-command',
          cwe: 506,
          severity: 'high',
          message: finding.reason,
          fix: finding.remedy,
        }),
      )
    }
  }
  return { findings, incomplete }
}

interface Script {
  readonly command: string
  /** Where it begins in its file. */
  readonly line: number
}

/** The shell in a file: a script as a whole, each `RUN` of an image, the scripts of a package. */
function scriptsOf(path: string, text: string): readonly Script[] {
  const name = path.split('/').at(-1) ?? ''
  if (/^(?:Docker|Container)file|\.dockerfile$/i.test(name)) return runsOf(text)
  if (name === 'package.json') return packageScripts(text)
  return sourceKind(path, text).kind === 'shell' ? [{ command: text, line: 1 }] : []
}

const RUN =
  /^[ \t]{0,80}(?:ONBUILD[ \t]{1,80})?RUN(?=[ \t[])(?:[ \t]{1,80}--[a-z]{1,20}=[^ \t]{1,400}){0,8}[ \t]{0,80}/i
const HERE = /<<-?[ \t]{0,8}["']?([A-Za-z_]\w{0,60})["']?/

/** Lines that end in a backslash go on; comments in between are left out, as the builder does; a here-document is a script. */
function runsOf(text: string): Script[] {
  const lines = text.split('\n')
  const scripts: Script[] = []
  for (let at = 0; at < lines.length; at++) {
    const begins = RUN.exec((lines[at] ?? '').slice(0, LONGEST_SCRIPT))?.[0]
    if (begins === undefined) continue
    const first = at
    const parts = [(lines[at] ?? '').slice(begins.length)]
    while (goesOn(lines[at]) && at + 1 < lines.length) {
      at++
      if (!isComment(lines[at])) parts.push(lines[at] ?? '')
    }
    const end = HERE.exec((parts[0] ?? '').slice(0, 1_000))?.[1]
    if (end !== undefined)
      while (at + 1 < lines.length && (lines[at] ?? '').trim() !== end) parts.push(lines[++at] ?? '')
    // A here-document without a program before it is itself the script.
    const bare = end !== undefined && parts[0]?.startsWith('<<') === true
    scripts.push({ command: commandIn(bare ? parts.slice(1, -1) : parts), line: first + (bare ? 2 : 1) })
  }
  return scripts
}

function goesOn(line = ''): boolean {
  return line.trimEnd().endsWith('\\') || isComment(line)
}

function isComment(line = ''): boolean {
  return line.trimStart().startsWith('#')
}

/** `RUN ["sh", "-c", "…"]` starts a program without a shell; its words are judged as they would be written in one. */
function commandIn(parts: readonly string[]): string {
  const text = parts.join('\n')
  if (!text.startsWith('[')) return text
  const words = jsonOf(parts.map((part) => part.trimEnd().replace(/\\$/, '')).join(''))
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) return text
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
}

/** More than this no package has; the rest counts as one script, which is too large. */
const MOST_SCRIPTS = 500

function packageScripts(text: string): Script[] {
  const manifest = jsonOf(text)
  const scripts = isRecord(manifest) && isRecord(manifest.scripts) ? Object.values(manifest.scripts) : []
  const commands = scripts.filter((command) => typeof command === 'string')
  const rest = commands.slice(MOST_SCRIPTS).join('\n')
  return [
    ...commands
      .slice(0, MOST_SCRIPTS)
      .map((command) => ({ command, line: lineWith(text, JSON.stringify(command)) })),
    ...(rest === '' ? [] : [{ command: rest.padEnd(LONGEST_SCRIPT + 1), line: 1 }]),
  ]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lineWith(text: string, part: string): number {
  return text.slice(0, Math.max(0, text.indexOf(part))).split('\n').length
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
