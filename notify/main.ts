// The notification worker: its own process, so that a slow channel never holds up ingest or pages. It tells channels
// what happened to alerts (what was rolled back never happened), does the upkeep of the tables, and what the web
// asks for. Lifecycle: ready by IPC; ends in order on SIGTERM, SIGINT or when the parent is gone.
import { checkDatabase } from '../storage/check.ts'
import { StorageError } from '../storage/failure.ts'
import { holdProcessLock } from '../storage/process-lock.ts'
import { loadSecretsKey } from '../storage/secrets-key.ts'
import { openSql, type Sql } from '../storage/sql.ts'
import { type RunningTelemetry, startTelemetry } from '../telemetry/start.ts'
import { type NotifyConfig, readNotifyConfig } from './config.ts'
import type { Delivering } from './deliver.ts'
import { createLinks } from './links.ts'
import { createLog, type Log } from './log.ts'
import { startQueues, UPKEEP_JOBS_AT_ONCE } from './queues.ts'
import { closeConnections, openConnections } from './send/connections.ts'
import { send } from './send/send.ts'
import {
  createActOnNode,
  createDeliverChannel,
  createMaintainStorage,
  createRollUp,
  createRouteAlerts,
  createWakeDue,
  TASKS,
} from './tasks.ts'

/** Of deliveries; each needs one for a moment before and after it sends. */
const DELIVERY_CONNECTIONS_MAX = 6

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
  const { workerDatabaseUrl: url, dataDir, secretsKey: given } = config
  const key = await loadSecretsKey({ dataDir, given })
  const onTaken = (error: StorageError) => refuse(error.message)
  const lock = await holdProcessLock({ url, holder: 'notify', onTaken })
  const open = (connectionsMax: number) =>
    openSql({ url, applicationName: 'strayline-notify', connectionsMax })
  const [sql, deliverySql] = [open(UPKEEP_JOBS_AT_ONCE), open(DELIVERY_CONNECTIONS_MAX)]
  const sending = openSending(config)
  const deliver = createDeliverChannel({ sql: deliverySql, log, key, ...sending })
  endOnFailure(log, async () => {
    sending.end()
    await deliver.settled()
  })
  const queues = await startQueues({
    ...{ url, sql, log, upkeep: upkeepTasks(config, sql, log) },
    deliveries: { [TASKS.deliverChannel]: deliver.task },
  })
  onStopRequested(log, async () => {
    sending.close()
    await queues.stop()
    await Promise.all([sql.end({ timeout: 1 }), deliverySql.end({ timeout: 1 })])
    await lock.release()
    await telemetry.stop()
  })
  log.info({ event: 'worker.started' })
  process.send?.({ type: 'ready' })
}

function upkeepTasks(config: NotifyConfig, sql: Sql, log: Log) {
  return {
    [TASKS.routeAlerts]: createRouteAlerts(sql, log),
    [TASKS.wakeDue]: createWakeDue(sql),
    [TASKS.maintainStorage]: createMaintainStorage(sql, log, config.retention),
    [TASKS.rollUp]: createRollUp(sql, log, config.rollupWaitMs),
    [TASKS.actOnNode]: createActOnNode(sql, log),
  }
}

type Sending = Pick<Delivering, 'send' | 'nowMs' | 'random' | 'stopping' | 'ending'> & {
  /** Nothing more is begun. */
  readonly end: () => void
  /** What is under way is cut, too. */
  readonly close: () => void
}

function openSending(config: NotifyConfig): Sending {
  const [stopping, ending] = [new AbortController(), new AbortController()]
  const connections = openConnections()
  const links = createLinks(config.publicUrl)
  return {
    send: (channel, notice) => send(channel, notice, { connections, links }),
    nowMs: Date.now,
    random: Math.random,
    stopping: stopping.signal,
    ending: ending.signal,
    end: () => ending.abort(),
    close: () => {
      stopping.abort()
      closeConnections(connections)
    },
  }
}

/**
 * A failure that nobody expected (the job queue has some when the database goes away) ends the process, and its parent
 * starts another, but not before it is written how deliveries ended: the next process would send them again.
 */
function endOnFailure(log: Log, settle: () => Promise<void>): void {
  let isEnding = false
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => {
    log.error({ event: 'process.failing', error })
    if (isEnding) return
    isEnding = true
    settle().finally(() => die(log, 'process.failed', error))
  })
}

/** Stops once, whoever asks for it; a second signal does not wait. */
function onStopRequested(log: Log, release: () => Promise<void>): void {
  let isStopping = false
  const stop = async () => {
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
