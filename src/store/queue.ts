import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { PoolConfig } from 'pg'
import { type Db, fromKysely, type Job, PgBoss } from 'pg-boss'
import type { Notifications } from './notifications.ts'
import { openPool } from './pool.ts'
import { QUERY_ROLE } from './query-role.ts'
import type { Tx } from './schema.ts'

/** All a job says: look at this task. What there is to do stands in the task's own row. */
export interface TaskJob {
  readonly organisation: string
  readonly task: string
}

export interface WorkerOptions {
  /** How many tasks are advanced at once. */
  readonly concurrency: number
}

export interface Queue {
  /** Enqueues within the caller's transaction: the job exists when, and only when, that commits. */
  enqueue(tx: Tx, job: TaskJob): Promise<void>
  /** Calls the handler for each job. A handler that rejects is called again, a few times, later and later. */
  startWorker(handler: (job: TaskJob) => Promise<void>, options: WorkerOptions): Promise<void>
  /** Takes no more jobs and waits for the running handlers, at most that long; enqueuing still works. */
  stopWorker(patienceMilliseconds: number): Promise<void>
  /** Closes its connections. A handler that still runs is abandoned and its job comes back. */
  close(): Promise<void>
}

const SCHEMA = 'pgboss'
const ADVANCE_TASK = 'advance-task'
// A handler may run as long as an attempt. A job that a crash left active harms nobody: start-up enqueues every
// unfinished task again, and the handler looks at the task's state before it does anything.
const LONGEST_JOB_SECONDS = 24 * 3_600 - 1

/** Installs or upgrades the queue's own schema, as the owner, and lets the query role use it. */
export async function installQueue(owner: PoolConfig): Promise<void> {
  const pool = openPool({ ...owner, max: 1, application_name: 'airlock-queue' }, () => undefined)
  const db = bossDatabase(pool)
  const boss = new PgBoss({ schema: SCHEMA, db, supervise: false, schedule: false })
  boss.on('error', () => undefined) // the failing call rejects as well
  try {
    await boss.start()
    const queue = {
      ...RETRIES,
      expireInSeconds: LONGEST_JOB_SECONDS,
      deleteAfterSeconds: 3_600,
      notify: true,
    }
    if ((await boss.getQueue(ADVANCE_TASK)) === null) await boss.createQueue(ADVANCE_TASK, queue)
    else await boss.updateQueue(ADVANCE_TASK, queue)
    await db.executeSql(`grant usage on schema ${SCHEMA} to ${QUERY_ROLE}`)
    await db.executeSql(
      `grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${QUERY_ROLE}`,
    )
    await db.executeSql(`grant execute on all functions in schema ${SCHEMA} to ${QUERY_ROLE}`)
  } finally {
    await boss.stop({ graceful: false })
    await pool.end()
  }
}

const RETRIES = { retryLimit: 5, retryDelay: 1, retryBackoff: true, retryDelayMax: 60 }

/** Opens the queue as the query role. `onProblem` is told of trouble in its background loops. */
export async function openQueue(
  query: PoolConfig,
  notifications: Notifications,
  onProblem: (error: Error) => void,
): Promise<Queue> {
  // Not the pool of the tables: pg-boss expects the driver's own types.
  const pool = openPool({ ...query, max: 4, application_name: 'airlock-queue' }, onProblem)
  const boss = new PgBoss({
    schema: SCHEMA,
    db: bossDatabase(pool, notifications),
    migrate: false,
    createSchema: false,
    schedule: false,
    reindex: false,
    monitorVacuum: false,
    useListenNotify: true,
  })
  boss.on('error', onProblem)
  try {
    await boss.start()
  } catch (error) {
    await pool.end()
    throw error
  }

  return {
    enqueue: async (tx, job) => {
      await boss.send(ADVANCE_TASK, { ...job }, { db: fromKysely(tx) })
    },
    startWorker: async (handler, { concurrency }) => {
      await boss.work<TaskJob>(
        ADVANCE_TASK,
        {
          localConcurrency: concurrency,
          batchSize: 1,
          pollingIntervalSeconds: 2,
          notifyPollingIntervalSeconds: 2,
        },
        async ([job]: Job<TaskJob>[]) => {
          if (job !== undefined) await handler(job.data)
        },
      )
    },
    stopWorker: async (patienceMilliseconds) => {
      await Promise.race([
        boss.offWork(ADVANCE_TASK, { wait: true }),
        delay(patienceMilliseconds, undefined, { ref: false }),
      ])
    },
    close: async () => {
      await boss.stop({ graceful: false })
      await pool.end()
    },
  }
}

/**
 * What pg-boss is given instead of letting it connect by itself: its own listening connection drops its error handler
 * before it ends, and a database that goes away at that moment would take the process with it.
 */
function bossDatabase(pool: pg.Pool, notifications?: Notifications): Db {
  return {
    executeSql: (text, values) => pool.query(text, values),
    ...(notifications === undefined
      ? {}
      : {
          listen: async (channel, onMessage, onReconnect) => {
            const stop = await notifications.listen(channel, (payload) =>
              payload === undefined ? onReconnect() : onMessage(payload),
            )
            onReconnect()
            return { close: async () => stop() }
          },
        }),
  }
}
