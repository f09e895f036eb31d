import { PassThrough } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { describe, expect, test } from 'vitest'
import { IDLE_METER, measured, meterLine } from '#cli/meter.ts'
import { proposedMessage } from '#cli/proposed-message.ts'
import { diffText } from '#cli/render/diff.ts'
import { ago, compact, dollars, duration } from '#cli/terminal/amounts.ts'
import { COLOURED, createScreen, PLAIN } from '#cli/terminal/screen.ts'
import { table, width } from '#cli/terminal/table.ts'
import { NOTHING_SPENT } from '#contract/budget.ts'
import type { EventBody } from '#contract/event.ts'
import { utf8 } from '#kernel/bytes.ts'
import { anEvent, aTask, PATCH } from '../http/fake-application.ts'

function aStream(isTTY: boolean): { stream: WriteStream; text: () => string } {
  const through = new PassThrough()
  const chunks: Buffer[] = []
  through.on('data', (chunk: Buffer) => chunks.push(chunk))
  const stream = Object.assign(through, { isTTY, columns: 80, rows: 24 }) as unknown as WriteStream
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}

describe('the screen', () => {
  test('keeps the status line below what is printed', () => {
    const { stream, text } = aStream(true)
    const screen = createScreen({ input: { isTTY: true }, output: stream, errors: stream })
    screen.status('working')
    screen.print('line')
    screen.status('')
    screen.print('end')
    const clear = '\r\u001b[2K'
    const status = '\u001b[?7lworking\u001b[?7h'
    expect(text()).toBe(`${status}${clear}line\n${status}${clear}end\n`)
  })

  test('shows no status and no colour in a pipe', () => {
    const { stream, text } = aStream(false)
    const screen = createScreen({ input: { isTTY: true }, output: stream, errors: stream })
    screen.status('working')
    screen.print(screen.paint('red', 'line'))
    expect(text()).toBe('line\n')
    expect([screen.interactive, screen.live]).toEqual([false, false])
  })

  test('asks nothing when the input is not a terminal', () => {
    const { stream } = aStream(true)
    expect(createScreen({ input: {}, output: stream, errors: stream }).interactive).toBe(false)
  })
})

describe('tables', () => {
  test('are aligned by what is seen, not by what is sent', () => {
    const rows = [
      [COLOURED('red', 'a'), '1'],
      ['世界', '22'],
    ]
    expect(table([{ title: 'name' }, { title: 'n', align: 'right' }], rows, PLAIN)).toBe(
      ['name   n', `${COLOURED('red', 'a')}      1`, '世界  22'].join('\n'),
    )
  })

  test('know how wide text is', () => {
    expect(['abc', '世界', 'é', 'e\u0301', '✅', COLOURED('bold', 'x'), ''].map(width)).toEqual([
      3, 4, 1, 1, 2, 1, 0,
    ])
  })
})

describe('amounts', () => {
  test('are written as people write them', () => {
    expect([0, 1, 9_999, 10_000, 500_000, 12_345_678].map(dollars)).toEqual([
      '$0.00',
      '$0.0000',
      '$0.0100',
      '$0.01',
      '$0.50',
      '$12.35',
    ])
    expect([0.85, 9.99, 42.4, 59.6, 185, 7800].map(duration)).toEqual([
      '0.8 s',
      '10.0 s',
      '42 s',
      '1 min 00 s',
      '3 min 05 s',
      '2 h 10 min',
    ])
    expect([950, 12_345, 4_100_000].map(compact)).toEqual(['950', '12.3k', '4.1M'])
    const now = Date.parse('2026-02-01T00:00:00.000Z')
    const instants = [
      '2026-01-31T23:59:50.000Z',
      '2026-01-31T23:55:00.000Z',
      '2026-01-31T21:00:00.000Z',
      '2026-01-30T00:00:00.000Z',
    ]
    expect(instants.map((instant) => ago(instant, now))).toEqual([
      'now',
      '5 min ago',
      '3 h ago',
      '2 days ago',
    ])
  })
})

describe('the meter', () => {
  const spend = { ...NOTHING_SPENT, microDollars: 120_000, inputTokens: 12_000, outputTokens: 300 }
  const call = { kind: 'model_call' as const, provider: 'p', model: 'm', status: 200, milliseconds: 1, spend }

  const meterAfter = (...bodies: EventBody[]) =>
    bodies.map((body, index) => anEvent(index + 1, body)).reduce(measured, IDLE_METER)
  const running = { kind: 'state', to: 'running' } as const
  const now = Date.parse('2026-01-31T12:01:20.000Z')

  test('shows cost, what is left, what was refused, and what the agent did last', () => {
    const total = { ...spend, requests: 4 }
    const refusal = { boundary: 'network', rule: 'network.none', what: 'x', reason: 'y' } as const
    const refused = { kind: 'refusal', refusal } as const
    const command = { kind: 'command', command: 'npm test\u001b[2J', phase: 'run' } as const
    expect(
      meterLine(meterAfter(running, { ...call, total }, refused, command), aTask(1).budget, now, PLAIN).slice(
        2,
      ),
    ).toBe(
      'running · $0.12 of $0.50 · 12.3k tokens · 4 calls · 8 min 40 s left · 1 refused · $ npm test\\x1b[2J, 1 min ago',
    )
  })

  test('the time of an attempt runs on over its iterations, and a new attempt begins anew', () => {
    const [first, second] = [meterAfter(running), meterAfter(running, { ...call, total: spend })]
    const checking = measured(first, {
      ...anEvent(2, { kind: 'state', to: 'checking' }),
      at: '2026-01-31T12:01:00.000Z',
    })
    const again = measured(checking, { ...anEvent(3, running), at: '2026-01-31T12:01:10.000Z' })
    expect(meterLine(again, aTask(1).budget, now, PLAIN)).toContain('8 min 50 s left')
    const retried = measured(second, { ...anEvent(4, { kind: 'state', to: 'queued' }), attempt: 2 })
    expect(meterLine(retried, aTask(1).budget, now, PLAIN).slice(2)).toBe(
      'queued · $0.00 of $0.50 · 0 tokens · 0 calls',
    )
  })

  test('a terminal that knows no commands is only written to', () => {
    const { stream, text } = aStream(true)
    const screen = createScreen({ input: {}, output: stream, errors: stream, dumb: true })
    screen.status('working')
    screen.print('done')
    expect({ live: screen.live, written: text() }).toEqual({ live: false, written: 'done\n' })
  })

  test('is silent when nothing runs', () => {
    const done = measured(IDLE_METER, anEvent(1, { kind: 'state', to: 'awaiting_review' }))
    expect(meterLine(done, aTask(1).budget, 0, PLAIN)).toBe('')
  })
})

test('a diff shows both line numbers', () => {
  expect(diffText(utf8(PATCH), PLAIN).split('\n').slice(4, 9)).toEqual([
    '@@ -1,3 +1,3 @@',
    '1 1  export function sum(a, b) {',
    '2   -  return a - b',
    '  2 +  return a + b',
    '3 3  }',
  ])
})

test('the proposed message is the intent, with a subject that fits', () => {
  const message = (intent: string) => proposedMessage(aTask(1, { intent }))
  expect(message('fix it')).toBe('Fix it')
  expect(message('fix it\n\nbecause')).toBe('Fix it\n\nbecause')
  const long = 'make the invoices round half to even everywhere as the tax office wants it since last year'
  const [subject, blank, body] = message(long).split('\n')
  expect([subject, blank, body]).toEqual([
    'Make the invoices round half to even everywhere as the tax office wants…',
    '',
    long,
  ])
})
