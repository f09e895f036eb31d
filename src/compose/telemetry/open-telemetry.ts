import { ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { digestOf } from '#kernel/bytes.ts'
import type { Clock } from '#kernel/instant.ts'
import type { TaskRow } from '#store/schema.ts'
import type { StepTelemetry, Telemetry } from '#tasks/telemetry.ts'
import { NAME } from './names.ts'
import { told } from './told.ts'

export interface TelemetryTarget {
  /** Where spans are posted: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface OpenTelemetry extends Telemetry {
  /** Sends what is left, within its time. */
  close(): Promise<void>
}

/** How long a server that stops waits for its last spans to be taken. */
const LAST_WORDS_MILLISECONDS = 3_000

/** Tells of tasks as OpenTelemetry spans: a trace for each attempt, a span for each step, call, tool and gate. */
export function openTelemetry(target: TelemetryTarget, version: string, clock: Clock): OpenTelemetry {
  const ids = new AttemptIds()
  const exporter = new OTLPTraceExporter({
    url: target.url,
    headers: { ...target.headers },
    timeoutMillis: LAST_WORDS_MILLISECONDS,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'airlock', 'service.version': version }),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        exportTimeoutMillis: LAST_WORDS_MILLISECONDS,
        scheduledDelayMillis: 2_000,
      }),
    ],
  })
  const tracer = provider.getTracer('airlock', version)
  return {
    step: (task) => stepOf(tracer, ids, task, clock),
    close: () => provider.shutdown(),
  }
}

function stepOf(tracer: Tracer, ids: AttemptIds, task: TaskRow, clock: Clock): StepTelemetry {
  const runs = task.state === 'running'
  const span = ids.forAttempt(task, () =>
    tracer.startSpan(
      runs ? `invoke_agent ${task.agent}` : `airlock.${task.state}`,
      {
        startTime: clock(),
        attributes: {
          ...(runs ? { [NAME.operation]: 'invoke_agent', [NAME.agent]: task.agent } : {}),
          [NAME.task]: task.id,
          [NAME.number]: task.number,
          [NAME.attempt]: task.attempt,
          [NAME.project]: task.project,
          [NAME.organisation]: task.organisation,
        },
      },
      ROOT_CONTEXT,
    ),
  )
  const within = trace.setSpan(ROOT_CONTEXT, span)
  return {
    tell(body) {
      const found = told(body)
      if (found === undefined) return
      const now = clock()
      if (found.as === 'event') return void span.addEvent(found.name, found.attributes, now)
      const { name, kind, attributes, failed, milliseconds } = found
      const child = tracer.startSpan(name, { kind, attributes, startTime: now - milliseconds }, within)
      if (failed !== undefined) fail(child, failed)
      child.end(now)
    },
    end(failure) {
      if (failure !== undefined) fail(span, failure)
      span.end(clock())
    },
  }
}

function fail(span: Span, code: string): void {
  span.setAttribute(NAME.error, code)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** All steps of an attempt are in one trace, also those after a restart: its id is made of the attempt's. */
class AttemptIds implements IdGenerator {
  readonly #random = new RandomIdGenerator()
  #trace: string | undefined

  forAttempt<T>(task: TaskRow, make: () => T): T {
    this.#trace = digestOf(`${task.id}/${task.attempt}`).replace('sha256:', '').slice(0, 32)
    try {
      return make()
    } finally {
      this.#trace = undefined
    }
  }

  generateTraceId = (): string => this.#trace ?? this.#random.generateTraceId()
  generateSpanId = (): string => this.#random.generateSpanId()
}
