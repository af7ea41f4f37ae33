// The notification worker: its own process, so that a slow channel never holds up ingest or pages. It runs the
// jobs that a commit adds (an alert that was rolled back is never delivered), and the upkeep of the tables,
// at fixed minutes and at each start. Lifecycle: ready by IPC; ends in order on SIGTERM, SIGINT or when the parent is gone.
import { parseCronItems, type Runner, run, type Task, type TaskList } from 'graphile-worker'
import { checkDatabase } from '../storage/check.ts'
import { StorageError } from '../storage/failure.ts'
import { openSql } from '../storage/sql.ts'
import { type RunningTelemetry, startTelemetry } from '../telemetry/start.ts'
import { inSpan } from '../telemetry/trace.ts'
import { type NotifyConfig, readNotifyConfig } from './config.ts'
import { createLog, createQueueLogger, type Log } from './log.ts'
import {
  createActOnNode,
  createDeliverAlert,
  createMaintainStorage,
  createRollUp,
  TASKS,
} from './tasks.ts'

const JOBS_AT_ONCE = 4
/** How soon a job is seen when its notification got lost; usually it is at once. */
const POLL_INTERVAL_MS = 2_000
/** Ten minutes after each full hour. */
const HOURLY = '10 * * * *'
const EVERY_FIVE_MINUTES = '*/5 * * * *'

await main()

async function main(): Promise<void> {
  const read = readNotifyConfig()
  if (!read.ok) return refuse(read.problems.join('\n'))
  const log = createLog(read.config.logLevel)
  process.on('uncaughtException', (error) => die(log, 'process.failed', error))
  try {
    const telemetry = await startTelemetry('notify')
    await checkDatabase(read.config.workerDatabaseUrl)
    await work(read.config, log, telemetry)
  } catch (error) {
    if (error instanceof StorageError) return refuse(error.message)
    die(log, 'process.failed', error)
  }
}

async function work(config: NotifyConfig, log: Log, telemetry: RunningTelemetry): Promise<void> {
  const url = config.workerDatabaseUrl
  const sql = openSql({ url, applicationName: 'strayline-notify', connectionsMax: JOBS_AT_ONCE })
  const runner = await run({
    connectionString: url,
    concurrency: JOBS_AT_ONCE,
    pollInterval: POLL_INTERVAL_MS,
    noHandleSignals: true,
    logger: createQueueLogger(log),
    taskList: traceTasks({
      [TASKS.deliverAlert]: createDeliverAlert(sql, log),
      [TASKS.maintainStorage]: createMaintainStorage(sql, log, config.retention),
      [TASKS.rollUp]: createRollUp(sql, log, config.rollupWaitMs),
      [TASKS.actOnNode]: createActOnNode(sql, log),
    }),
    // Given here, so that no crontab file of the working folder is ever read.
    parsedCronItems: parseCronItems([
      { task: TASKS.maintainStorage, match: HOURLY },
      { task: TASKS.rollUp, match: EVERY_FIVE_MINUTES },
    ]),
  })
  for (const task of [TASKS.maintainStorage, TASKS.rollUp])
    await runner.addJob(task, {}, { jobKey: task })
  const stopping = onStopRequested(log, runner, async () => {
    await sql.end({ timeout: 1 })
    await telemetry.stop()
  })
  runner.promise.then(
    () => stopping() || die(log, 'queue.ended', new Error('the queue ended by itself')),
    (error: unknown) => die(log, 'queue.failed', error),
  )
  log.info({ event: 'worker.started' })
  process.send?.({ type: 'ready' })
}

/** Each run of a job is a span, around those of its work with the database. */
function traceTasks(tasks: Readonly<Record<string, Task>>): TaskList {
  const traced = Object.entries(tasks).map(([name, task]): [string, Task] => {
    const span = { name, kind: 'internal', attributes: {} } as const
    return [name, (payload, helpers) => inSpan(span, async () => task(payload, helpers))]
  })
  return Object.fromEntries(traced)
}

/** Stops once, whoever asks for it; a second signal does not wait. Returns whether it is stopping. */
function onStopRequested(log: Log, runner: Runner, release: () => Promise<void>): () => boolean {
  let isStopping = false
  const stop = async () => {
    await runner.stop()
    await release()
    log.info({ event: 'worker.stopped' })
  }
  const request = (reason: string) => {
    if (isStopping) {
      if (reason !== 'disconnect') process.exit(1)
      return
    }
    isStopping = true
    log.info({ event: 'worker.stopping', reason })
    stop().then(
      () => process.exit(0),
      (error: unknown) => die(log, 'stop.failed', error),
    )
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const)
    process.on(signal, () => request(signal))
  return () => isStopping
}

/** An outside reason not to run, in words for people. */
function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function die(log: Log, event: string, error: unknown): never {
  log.fatal({ event, error })
  process.exit(1)
}
