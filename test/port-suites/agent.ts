import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Agent, AgentReport, Assignment } from '#agents/agent.ts'
import { BOUNDS } from '#contract/bounds.ts'
import { EventBody } from '#contract/event.ts'
import { Refusal } from '#contract/refusal.ts'

export interface AgentUnderTest {
  readonly agent: Agent
  readonly assignment: Assignment
  /** Lines the agent really prints, in their order, with what each says: a reader may remember. */
  readonly lines: readonly (readonly [line: string, reports: readonly AgentReport[]])[]
}

/** What every agent promises: see src/agents/agent.ts. */
export function agentSuite(name: string, { agent, assignment, lines }: AgentUnderTest): void {
  const model = (protocol: string) => ({ provider: 'some-provider', protocol, name: 'some-model' })

  describe(`the agent port: ${name}`, () => {
    it('has a name and speaks at least one protocol', () => {
      expect(agent.name).toMatch(/^(?:[a-z][a-z0-9-]{0,39}|acp:[\x20-\x7e]{1,96})$/)
      expect(agent.protocols.length).toBeGreaterThan(0)
    })

    it('plans the same launch for the same assignment, for every protocol it names', () => {
      for (const protocol of agent.protocols)
        expect(agent.plan(assignment, model(protocol))).toEqual(agent.plan(assignment, model(protocol)))
    })

    it('starts programs and mounts files by absolute paths', () => {
      const plan = agent.plan(assignment, model(agent.protocols[0] ?? ''))
      expect(plan.command[0]).toMatch(/^\//)
      for (const mount of plan.mounts) {
        expect(mount.source).toMatch(/^\//)
        expect(mount.target).toMatch(/^\//)
      }
    })

    it('passes on what it must: the intent, the model and the feedback', () => {
      const told = { ...assignment, intent: 'intent-7f3a', feedback: 'feedback-91bc' }
      const text = JSON.stringify(
        agent.plan(told, { ...model(agent.protocols[0] ?? ''), name: 'model-c55d' }),
      )
      for (const needle of ['intent-7f3a', 'feedback-91bc', 'model-c55d']) expect(text).toContain(needle)
    })

    it('puts nothing of the host into a plan: no environment value, no key', () => {
      const secret = 'sk-ant-planted-0123456789abcdef'
      const names = [
        'ANTHROPIC_API_KEY',
        'OPENAI_API_KEY',
        'GITHUB_TOKEN',
        'AIRLOCK_TOKEN',
        'AWS_SECRET_ACCESS_KEY',
      ]
      const before = names.map((key) => [key, process.env[key]] as const)
      try {
        for (const key of names) process.env[key] = secret
        for (const protocol of agent.protocols)
          expect(JSON.stringify(agent.plan(assignment, model(protocol)))).not.toContain(secret)
      } finally {
        for (const [key, value] of before)
          if (value === undefined) delete process.env[key]
          else process.env[key] = value
      }
    })

    it('reads what it prints', () => {
      const read = agent.reader()
      expect(lines.map(([line]) => [line, read(line)])).toEqual(lines)
    })

    it('keeps two runs apart', () => {
      const [one, other] = [agent.reader(), agent.reader()]
      for (const [line, reports] of lines) {
        expect(one(line)).toEqual(reports)
        expect(other(line)).toEqual(reports)
      }
    })

    it('reads any line at all without throwing, and believes only bounded, clean claims', () => {
      const real = lines.map(([line]) => line)
      const read = agent.reader()
      const hostile = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.constantFrom(...real).chain((line) => damaged(line)),
        fc.constantFrom(...real).chain((line) => withText(line)),
      )
      fc.assert(
        fc.property(hostile, (line) => {
          for (const report of read(line)) expectClean(report)
        }),
        { numRuns: 1_000 },
      )
    })

    it('reads a line that nests without end, whatever of it does', () => {
      const deep = '['.repeat(100_000) + ']'.repeat(100_000)
      for (const [place, [line]] of lines.entries())
        for (const nested of withEachReplaced(line, deep)) {
          const read = agent.reader()
          for (const [each] of lines.with(place, [nested, []]))
            for (const report of read(each)) expectClean(report)
        }
    })

    it('ignores lines that are too long, empty or not its own', () => {
      const [long] = lines[0] ?? ['']
      for (const line of [
        '',
        ' ',
        '{',
        '{}',
        'null',
        '[]',
        '"x"',
        '{"kind":"event"}',
        '{"__proto__":{"kind":"event"}}',
      ])
        expect(agent.reader()(line)).toEqual([])
      expect(agent.reader()(long.padEnd(BOUNDS.agentLine + 1, ' '))).toEqual([])
    })

    it('cannot be made to report what only the host may say', () => {
      for (const body of [
        { kind: 'state', from: 'running', to: 'approved' },
        {
          kind: 'gate',
          gate: 'test',
          side: 'result',
          outcome: 'pass',
          diagnostics: 0,
          seconds: 0,
          cached: false,
        },
        { kind: 'agent_ended', ending: 'finished' },
        { kind: 'patch', patch: 'x', files: 0, undone: 0 },
      ])
        expect(agent.reader()(JSON.stringify({ kind: 'event', body }))).toEqual([])
    })
  })
}

/** A real line with bytes cut out, doubled or replaced. */
function damaged(line: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(line.length), fc.nat(line.length), fc.string({ unit: 'binary', maxLength: 6 }))
    .map(([from, to, insert]) => line.slice(0, from) + insert + line.slice(to))
}

/** A real line once for each object, list and text in it, that one replaced by a JSON text. */
function withEachReplaced(line: string, json: string): string[] {
  const mark = 'replaced-9d1f'
  const at = (wanted: number) => {
    let place = 0
    return JSON.stringify(JSON.parse(line), (key, value) =>
      key !== '' && ['object', 'string'].includes(typeof value) && place++ === wanted ? mark : value,
    )
  }
  const texts: string[] = []
  for (let wanted = 0; ; wanted += 1) {
    const text = at(wanted)
    if (!text.includes(mark)) return texts
    texts.push(text.replace(`"${mark}"`, json))
  }
}

/** Keys whose values say what kind of thing a line is: with these replaced it would be noise. */
const WORDS = [
  ...['kind', 'phase', 'action', 'boundary', 'answer', 'outcome'],
  ...['type', 'role', 'status', 'reason', 'name', 'tool', 'tool_name', 'tool_id', 'id', 'tool_use_id'],
]

/** A real line whose every text is replaced by a hostile one. */
function withText(line: string): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary', maxLength: 200 }).map((text) => {
    const nasty = `\u001b]52;c;${text}\u0007\u009b2J\u202e${text.repeat(300)}`
    return JSON.stringify(JSON.parse(line), (key, value) =>
      typeof value === 'string' && !WORDS.includes(key) ? nasty : value,
    )
  })
}

function expectClean(report: AgentReport): void {
  const text = JSON.stringify(report)
  expect(text.length).toBeLessThan(BOUNDS.agentLine)
  const texts: string[] = []
  JSON.stringify(report, (_, value) => {
    if (typeof value === 'string') texts.push(value)
    return value
  })
  for (const value of texts) {
    expect(value.length).toBeLessThanOrEqual(BOUNDS.eventText)
    expect(value.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u)
    expect(value.isWellFormed()).toBe(true)
  }
  if (report.kind === 'event') expect(EventBody.safeParse(report.body).success).toBe(true)
  if (report.kind === 'refusal') expect(Refusal.safeParse(report.refusal).success).toBe(true)
}
