// The collector process. Start: settings, database, lock, position, journal, fold worker, receivers, ready.
// Stop (SIGTERM, SIGINT, the parent gone): receivers, journal, fold and commit of what is in it, snapshot, lock.
// A bug in this thread or the worker's ends the process with code 1; the next start goes on from the disk.
import { join } from 'node:path'
import { DEFAULT_DECODE_LIMITS } from '../core/span/batch.ts'
import { createProtobufDecoder } from '../core/span/otlp/protobuf.ts'
import { checkDatabase } from '../storage/check.ts'
import { StorageError } from '../storage/failure.ts'
import { readPosition } from '../storage/position.ts'
import { holdProcessLock, type ProcessLock } from '../storage/process-lock.ts'
import { openSql } from '../storage/sql.ts'
import { type RunningTelemetry, startTelemetry } from '../telemetry/start.ts'
import { type CollectorConfig, readCollectorConfig } from './config.ts'
import { type FoldThread, startFoldThread } from './fold-thread.ts'
import { appendRemoval, closeJournal, type Journal, trimJournal } from './journal/journal.ts'
import { openJournal } from './journal/open.ts'
import { planTicks, startTicks } from './journal/ticks.ts'
import { startJudgeClock } from './judge-clock.ts'
import { closeReceivers, ListenError, listenGrpc, listenHttp } from './listen.ts'
import { createLog, type Log } from './log.ts'
import { renderMetrics } from './metrics.ts'
import type { Intake } from './receive/accept.ts'
import { createGrpcReceiver } from './receive/grpc.ts'
import { createHttpReceiver } from './receive/http.ts'
import { createRefusalReport } from './refusals.ts'
import type { RestoreFindings } from './restore.ts'
import {
  type CollectorStatus,
  isNearlyFull,
  noteDurable,
  noteProgress,
  readReadiness,
} from './status.ts'

const RECEIVERS_GRACE_MS = 5_000
const FOLD_GRACE_MS = 10_000
/** Bodies in memory at once, in largest bodies. */
const BODIES_IN_MEMORY = 8
const PULSE_MS = 500

await main()

async function main(): Promise<void> {
  const read = readCollectorConfig()
  if (!read.ok) return refuse(read.problems.join('\n'))
  const log = createLog(read.config.logLevel)
  process.on('uncaughtException', (error) => die(log, 'process.failed', error))
  try {
    await run(read.config, log, await startTelemetry('collector'))
  } catch (error) {
    const isExpected = error instanceof StorageError || error instanceof ListenError
    if (isExpected) return refuse(error.message)
    die(log, 'process.failed', error)
  }
}

async function run(config: CollectorConfig, log: Log, telemetry: RunningTelemetry): Promise<void> {
  await checkDatabase(config.collectorDatabaseUrl)
  const lock = await holdProcessLock({
    holder: 'collector',
    url: config.collectorDatabaseUrl,
    onTaken: (error) => refuse(error.message),
  })
  const committed = await readCommitted(config)
  let onDurable = (_offset: number): void => {}
  const journalFolder = join(config.dataDir, 'journal')
  const journal = await openJournal({
    folder: journalFolder,
    bytesMax: config.journalBytesMax,
    lateWindowMs: config.lateWindowMs,
    committed,
    onDurable: (offset) => onDurable(offset),
  })
  logOpened(log, journal)
  const status = createStatus(config, journal)
  const thread = startFoldThread({
    start: {
      config,
      journalFolder,
      journalId: journal.id,
      firstOffset: journal.segments[0]!.startOffset,
      durableOffset: journal.durableOffset,
      committed,
    },
    onRestored: (findings) => {
      status.isStateLost = findings.isStateLost
      logRestored(log, findings)
    },
    onProgress: (progress) => noteProgress(status, progress),
    // A failed append is asked for again.
    onRemoved: (environment) => void appendRemoval(journal, environment).catch(() => {}),
    onTrim: (offset) =>
      trimJournal(journal, offset).catch((error) => log.error({ event: 'trim.failed', error })),
    onDeath: (error) => die(log, 'worker.died', error),
  })
  onDurable = (offset) => {
    noteDurable(status, Date.now())
    thread.tellDurable(offset, isNearlyFull(journal))
  }
  await serve({ config, log, telemetry, lock, journal, status, thread })
}

type Running = {
  readonly config: CollectorConfig
  readonly log: Log
  readonly telemetry: RunningTelemetry
  readonly lock: ProcessLock
  readonly journal: Journal
  readonly status: CollectorStatus
  readonly thread: FoldThread
}

async function serve(running: Running): Promise<void> {
  const { config, log, telemetry, lock, journal, status, thread } = running
  const http = createHttpReceiver(status.intake, {
    readReadiness: () => readReadiness(status, Date.now()),
    readMetrics: () => renderMetrics(status, Date.now()),
  })
  const grpc = createGrpcReceiver(status.intake)
  const host = config.collectorHost
  const httpPort = await listenHttp(http, {
    host,
    port: config.otlpHttpPort,
    variable: 'STRAYLINE_OTLP_HTTP_PORT',
  })
  const grpcPort = await listenGrpc(grpc, {
    host,
    port: config.otlpGrpcPort,
    variable: 'STRAYLINE_OTLP_GRPC_PORT',
  })
  const stopTicks = startTicks(journal, planTicks(config))
  // The worker learns of a lost lock, and of a journal that is full while nothing is appended.
  const refusals = createRefusalReport(
    openSql({
      url: config.collectorDatabaseUrl,
      applicationName: 'strayline-collector-refusals',
      connectionsMax: 1,
    }),
    status.intake.counters,
    log,
  )
  const clock = startJudgeClock(
    openSql({
      url: config.collectorDatabaseUrl,
      applicationName: 'strayline-collector-clock',
      connectionsMax: 1,
    }),
    () => lock.isHeld(),
    log,
  )
  const pulse = setInterval(() => {
    refusals.tell()
    thread.setMayCommit(lock.isHeld())
    if (isNearlyFull(journal)) thread.tellDurable(journal.durableOffset, true)
  }, PULSE_MS)
  onStopRequested(log, async () => {
    status.isStopping = true
    stopTicks()
    // Before the receivers close: they may be where the spans go.
    await telemetry.stop()
    await closeReceivers(http, grpc, RECEIVERS_GRACE_MS)
    await closeJournal(journal)
    const outcome = await thread.stop(journal.durableOffset, FOLD_GRACE_MS)
    clearInterval(pulse)
    await refusals.stop()
    await clock.stop()
    await lock.release()
    log.info({ event: 'collector.stopped', outcome, offset: journal.durableOffset })
  })
  log.info({ event: 'collector.started', host, httpPort, grpcPort, journalId: journal.id })
  process.send?.({ type: 'ready', grpcPort, httpPort })
}

async function readCommitted(config: CollectorConfig) {
  const url = config.collectorDatabaseUrl
  const sql = openSql({ url, applicationName: 'strayline-collector-start', connectionsMax: 1 })
  try {
    return await readPosition(sql)
  } finally {
    await sql.end()
  }
}

function createStatus(config: CollectorConfig, journal: Journal): CollectorStatus {
  const { bodyBytesMax } = config
  const bodiesBytesMax = bodyBytesMax * BODIES_IN_MEMORY
  const decodeLimits = { ...DEFAULT_DECODE_LIMITS, peerKeys: config.foldOptions.peerKeys }
  const intake: Intake = {
    journal,
    token: config.ingestToken,
    decodeLimits,
    decodeProtobuf: createProtobufDecoder(decodeLimits),
    bodyLimits: { bodyBytesMax, bodiesBytesMax },
    budget: { bytesMax: bodiesBytesMax, bytes: 0 },
    counters: { rejectedSpans: 0, cutLinks: 0, requests: new Map(), limits: new Map() },
  }
  return {
    intake,
    journal,
    progress: null,
    isStateLost: false,
    behindSinceMs: null,
    isStopping: false,
  }
}

function logOpened(log: Log, journal: Journal): void {
  const { cutBytes, gapBytes, setAside } = journal.opened
  const line = {
    journalId: journal.id,
    offset: journal.durableOffset,
    cutBytes,
    gapBytes,
    setAside,
  }
  if (gapBytes > 0) log.error({ event: 'journal.lost', ...line })
  else if (cutBytes > 0 || setAside > 0) log.warn({ event: 'journal.repaired', ...line })
  else log.info({ event: 'journal.opened', ...line })
}

function logRestored(log: Log, findings: RestoreFindings): void {
  const { start, isStateLost } = findings
  if (isStateLost) log.error({ event: 'state.lost', ...findings })
  else if (start === 'unknownJournal') log.error({ event: 'journal.unknown', ...findings })
  else if (start === 'gap') log.error({ event: 'journal.gap', ...findings })
  else log.info({ event: 'fold.restored', ...findings })
}

/** Runs `stop` once, whoever asks for it; a second signal does not wait. */
function onStopRequested(log: Log, stop: () => Promise<void>): void {
  let isStopping = false
  const request = (reason: string) => {
    if (isStopping) {
      if (reason !== 'disconnect') process.exit(1)
      return
    }
    isStopping = true
    log.info({ event: 'collector.stopping', reason })
    stop().then(
      () => process.exit(0),
      (error: unknown) => die(log, 'stop.failed', error),
    )
  }
  process.on('SIGTERM', () => request('SIGTERM'))
  process.on('SIGINT', () => request('SIGINT'))
  process.on('disconnect', () => request('disconnect'))
}

/** An outside reason not to run, in words for people. */
function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function die(log: Log, event: string, error: unknown): void {
  log.fatal({ event, error })
  process.exit(1)
}
