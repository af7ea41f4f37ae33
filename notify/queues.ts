// The two runners of the job queue. Deliveries have one of their own, wide, because most of what they do is wait for
// others: ten channels that hang take ten of its places and nobody else's. A runner that fails (the database was away
// for long) is started again: what its jobs hold in memory, how a delivery ended, must not be lost with it.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseCronItems, type Runner, run, type Task, type TaskList } from 'graphile-worker'
import { unlockJobs, wakeAllDue } from '../storage/delivery-jobs.ts'
import type { Sql } from '../storage/sql.ts'
import { inSpan } from '../telemetry/trace.ts'
import { createQueueLogger, type Log } from './log.ts'
import { TASKS } from './tasks.ts'

export const UPKEEP_JOBS_AT_ONCE = 4
const DELIVERIES_AT_ONCE = 24
/** How soon a job is seen when its notification got lost; usually it is at once. */
const UPKEEP_POLL_MS = 2_000
/** Each of the many looks by itself, so that one of them looks several times a second. */
const DELIVERY_POLL_MS = 5_000
/** Ten minutes after each full hour. */
const HOURLY = '10 * * * *'
const EVERY_FIVE_MINUTES = '*/5 * * * *'
const EVERY_MINUTE = '* * * * *'
const START_AGAIN_MS = 1_000

export type Tasks = { readonly [name: string]: Task }

export type Queues = {
  /** Waits for the jobs that run. */
  readonly stop: () => Promise<void>
}

export type QueueOptions = {
  readonly url: string
  /** The queue's own, for what comes before and between runs. */
  readonly sql: Sql
  readonly log: Log
  readonly upkeep: Tasks
  readonly deliveries: Tasks
}

/** Frees what former workers held, adds the jobs that are due, and works. Errors: the database's own. */
export async function startQueues(options: QueueOptions): Promise<Queues> {
  const { sql, log } = options
  const freed = await unlockJobs(sql)
  if (freed > 0) log.info({ event: 'queue.unlocked', workers: freed })
  await wakeAllDue(sql, Date.now())
  const state = { isStopping: false }
  const upkeep = await keepRunning(state, log, () => startUpkeep(options))
  const deliveries = await keepRunning(state, log, () => startDeliveries(options))
  return {
    stop: async () => {
      state.isStopping = true
      await Promise.all([upkeep.stop(), deliveries.stop()])
    },
  }
}

async function startUpkeep({ url, log, upkeep }: QueueOptions): Promise<Runner> {
  const runner = await run({
    ...{ connectionString: url, concurrency: UPKEEP_JOBS_AT_ONCE, pollInterval: UPKEEP_POLL_MS },
    ...{ noHandleSignals: true, logger: createQueueLogger(log), taskList: traceTasks(upkeep) },
    // Given here, so that no crontab file of the working folder is ever read.
    parsedCronItems: parseCronItems([
      { task: TASKS.maintainStorage, match: HOURLY },
      { task: TASKS.rollUp, match: EVERY_FIVE_MINUTES },
      { task: TASKS.wakeDue, match: EVERY_MINUTE },
    ]),
  })
  for (const task of [TASKS.maintainStorage, TASKS.rollUp])
    await runner.addJob(task, {}, { jobKey: task })
  return runner
}

function startDeliveries({ url, log, deliveries }: QueueOptions): Promise<Runner> {
  return run({
    ...{ connectionString: url, concurrency: DELIVERIES_AT_ONCE, maxPoolSize: DELIVERIES_AT_ONCE },
    ...{ pollInterval: DELIVERY_POLL_MS, noHandleSignals: true },
    ...{ logger: createQueueLogger(log), taskList: traceTasks(deliveries), parsedCronItems: [] },
  })
}

type State = { isStopping: boolean }

async function keepRunning(state: State, log: Log, start: () => Promise<Runner>): Promise<Queues> {
  let runner: Runner | null = await start()
  const watch = async () => {
    while (!state.isStopping) {
      try {
        await runner?.promise
      } catch (error) {
        log.error({ event: 'queue.failed', error })
      }
      runner = null
      while (!state.isStopping && !runner) {
        await sleep(START_AGAIN_MS)
        runner = await start().catch((error: unknown) => {
          log.warn({ event: 'queue.waits', error })
          return null
        })
      }
    }
  }
  const watching = watch()
  return {
    stop: async () => {
      await runner?.stop()
      await watching
    },
  }
}

/** Each run of a job is a span, around those of its work with the database. */
function traceTasks(tasks: Tasks): TaskList {
  const traced = Object.entries(tasks).map(([name, task]): [string, Task] => {
    const span = { name, kind: 'internal', attributes: {} } as const
    return [name, (payload, helpers) => inSpan(span, async () => task(payload, helpers))]
  })
  return Object.fromEntries(traced)
}
