import { z } from 'zod'
import type { ScanFinding } from '#contract/scan-report.ts'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

const LARGEST = 64 * 1024 * 1024
const MOST_RESULTS = 50_000
const MOST_STEPS = 24

const Message = z.object({ text: z.string().optional(), markdown: z.string().optional() })
const Region = z.object({
  startLine: z.int().positive().optional(),
  startColumn: z.int().positive().optional(),
  endLine: z.int().positive().optional(),
  endColumn: z.int().positive().optional(),
  snippet: z.object({ text: z.string().optional() }).optional(),
})
const Location = z.object({
  physicalLocation: z
    .object({
      artifactLocation: z.object({ uri: z.string().max(8_000).optional() }).optional(),
      region: Region.optional(),
    })
    .optional(),
  message: Message.optional(),
})
const ResultObject = z.object({
  ruleId: z.string().max(500).optional(),
  rule: z.object({ id: z.string().max(500).optional() }).optional(),
  ruleIndex: z.int().optional(),
  level: z.enum(['none', 'note', 'warning', 'error']).optional(),
  kind: z.string().max(50).optional(),
  message: Message.optional(),
  locations: z.array(Location).optional(),
  partialFingerprints: z.record(z.string(), z.string().max(500)).optional(),
  fingerprints: z.record(z.string(), z.string().max(500)).optional(),
  suppressions: z
    .array(z.object({ status: z.string().optional(), justification: z.string().optional() }))
    .optional(),
  codeFlows: z
    .array(
      z.object({
        threadFlows: z.array(z.object({ locations: z.array(z.object({ location: Location.optional() })) })),
      }),
    )
    .optional(),
})
const RuleObject = z.object({
  id: z.string().max(500).optional(),
  shortDescription: Message.optional(),
  help: Message.optional(),
  defaultConfiguration: z
    .object({ level: z.enum(['none', 'note', 'warning', 'error']).optional() })
    .optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
})
const Log = z.object({
  version: z.literal('2.1.0'),
  runs: z
    .array(
      z.object({
        tool: z.object({
          driver: z.object({ name: z.string().max(200), rules: z.array(RuleObject).optional() }),
        }),
        results: z.array(ResultObject).max(MOST_RESULTS).nullish(),
      }),
    )
    .max(100),
})

type Rule = z.infer<typeof RuleObject>
type Found = z.infer<typeof ResultObject>

/** The findings in another scanner's SARIF log. The log is a stranger's: bounded, checked, and its text cut. */
export function importSarif(text: string, name: string): Result<readonly ScanFinding[]> {
  if (text.length > LARGEST) return wrong(name, 'it is larger than 64 MiB')
  const parsed = Log.safeParse(asJson(text))
  if (!parsed.success) return wrong(name, 'it is no SARIF log of version 2.1.0')
  return ok(
    parsed.data.runs.flatMap(({ tool, results }) => {
      const rules = tool.driver.rules ?? []
      return (results ?? []).flatMap((result) => {
        const rule = ruleOf(result, rules)
        const finding = findingOf(result, rule, tool.driver.name)
        return finding === undefined ? [] : [finding]
      })
    }),
  )
}

function wrong(name: string, why: string): Result<never> {
  return refused({
    code: 'invalid_input',
    message: `${name} cannot be taken in: ${why}.`,
    remedy: 'Let the scanner write SARIF 2.1.0 as JSON.',
  })
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

function ruleOf({ ruleId, rule, ruleIndex }: Found, rules: readonly Rule[]): Rule | undefined {
  const id = ruleId ?? rule?.id
  const named = id === undefined ? undefined : rules.find((one) => one.id === id)
  return named ?? (ruleIndex === undefined || ruleIndex < 0 ? undefined : rules[ruleIndex])
}

/** Undefined for what is no finding: a result that passed, or one that names no file. */
function findingOf(result: Found, rule: Rule | undefined, tool: string): ScanFinding | undefined {
  if (result.kind !== undefined && result.kind !== 'fail') return undefined
  const place = result.locations?.[0]?.physicalLocation
  const path = pathOf(place?.artifactLocation?.uri)
  if (path === undefined) return undefined
  const region = place?.region
  const id = cut(result.ruleId ?? rule?.id ?? 'unnamed', 200)
  const line = region?.startLine ?? 1
  const message = cut(result.message?.text ?? rule?.shortDescription?.text ?? id, 1_000)
  const snippet = cut(region?.snippet?.text?.split('\n')[0]?.trim() ?? '', 160)
  const cwe = cweOf(rule)
  const suppressed = suppressionOf(result)
  return {
    fingerprint: digestOf(canonicalJson([tool, id, path, identityOf(result) ?? (snippet || message)])),
    tool: cut(tool, 100),
    rule: id,
    class: 'imported',
    ...(cwe === undefined ? {} : { cwe }),
    severity: severityOf(result, rule),
    path,
    line,
    column: region?.startColumn ?? 1,
    endLine: Math.max(line, region?.endLine ?? line),
    endColumn: region?.endColumn ?? region?.startColumn ?? 1,
    message,
    fix: cut(rule?.help?.text ?? `See what ${tool} says of ${id}.`, 1_000),
    snippet,
    flow: flowOf(result),
    ...(suppressed === undefined ? {} : { suppressed }),
  }
}

/** The scanner's own fingerprint is the best there is; the first by name, so that the choice does not waver. */
function identityOf({ fingerprints, partialFingerprints }: Found): string | undefined {
  const given = { ...partialFingerprints, ...fingerprints }
  const key = Object.keys(given).sort()[0]
  return key === undefined ? undefined : `${key}:${given[key]}`
}

function severityOf({ level }: Found, rule: Rule | undefined): ScanFinding['severity'] {
  const score = Number(rule?.properties?.['security-severity'])
  if (Number.isFinite(score) && score > 0)
    return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low'
  const said = level ?? rule?.defaultConfiguration?.level ?? 'warning'
  return said === 'error' ? 'high' : said === 'warning' ? 'medium' : 'low'
}

function cweOf(rule: Rule | undefined): number | undefined {
  const tags = rule?.properties?.tags
  const found = Array.isArray(tags)
    ? tags.map((tag) =>
        typeof tag === 'string' ? /cwe-0*(\d{1,5})\b/i.exec(tag.slice(0, 200))?.[1] : undefined,
      )
    : []
  const first = found.find((id) => id !== undefined)
  return first === undefined ? undefined : Number(first)
}

function suppressionOf({ suppressions }: Found): string | undefined {
  const accepted = suppressions?.find(({ status }) => status === undefined || status === 'accepted')
  return accepted === undefined
    ? undefined
    : cut(accepted.justification ?? 'suppressed where it was found', 400)
}

function flowOf({ codeFlows }: Found): ScanFinding['flow'] {
  const locations = codeFlows?.[0]?.threadFlows[0]?.locations ?? []
  return locations.slice(0, MOST_STEPS).map(({ location }) => ({
    line: location?.physicalLocation?.region?.startLine ?? 1,
    column: location?.physicalLocation?.region?.startColumn ?? 1,
    what: cut(location?.message?.text ?? '', 200),
  }))
}

/** A path inside of the repository; what points out of it names no file of ours. */
function pathOf(uri: string | undefined): string | undefined {
  if (uri === undefined || uri === '') return undefined
  const bare = uri
    .replace(/^file:\/\/\/?/, '')
    .replace(/^%SRCROOT%\//, '')
    .replace(/^\.\//, '')
  const path = decoded(bare)
  if (
    path === undefined ||
    path.includes('\0') ||
    path.split('/').includes('..') ||
    /^[a-z]+:\/\//i.test(path)
  )
    return undefined
  return cut(path, 4_000)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function cut(text: string, length: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a stranger's text must not steer a terminal
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '').slice(0, length)
}
