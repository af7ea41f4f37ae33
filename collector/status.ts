// What the collector knows about itself, for the probes: the journal, the receivers, the fold worker's last
// progress, and since when commits lag behind the journal.
import type { Journal } from './journal/journal.ts'
import { journalBytes } from './journal/journal.ts'
import type { FoldProgress } from './messages.ts'
import type { Intake } from './receive/accept.ts'
import type { Readiness } from './receive/http.ts'

export type CollectorStatus = {
  readonly intake: Intake
  readonly journal: Journal
  /** Null until the worker has restored the fold. */
  progress: FoldProgress | null
  /** The fold began without the state that was to be continued: what was pending then is lost. */
  isStateLost: boolean
  /** When the oldest durable record that waits for its commit became durable, wall ms; null: none waits. */
  behindSinceMs: number | null
  isStopping: boolean
}

/** Lag past which a collector is not ready: its graph is too old to be believed. */
const LAG_MS_MAX = 60_000
const NEARLY_FULL_RATIO = 0.75

/** Notes a record that became durable at nowMs. */
export function noteDurable(status: CollectorStatus, nowMs: number): void {
  status.behindSinceMs ??= nowMs
}

/** Notes what the worker reported. */
export function noteProgress(status: CollectorStatus, progress: FoldProgress): void {
  status.progress = progress
  const isBehind = progress.settledOffset < status.journal.durableOffset
  if (!isBehind) status.behindSinceMs = null
  else if (status.behindSinceMs !== null)
    status.behindSinceMs = Math.max(status.behindSinceMs, progress.settledArrivalMs)
}

/** How old the oldest uncommitted record is, in ms. */
export function lagMs(status: CollectorStatus, nowMs: number): number {
  return status.behindSinceMs === null ? 0 : Math.max(0, nowMs - status.behindSinceMs)
}

/** Full is 1. */
export function journalFillRatio(journal: Journal): number {
  return journalBytes(journal) / journal.bytesMax
}

/** Time to snapshot, so that old segments can go before requests are refused. */
export function isNearlyFull(journal: Journal): boolean {
  return journalFillRatio(journal) >= NEARLY_FULL_RATIO
}

/** Ready: the database answers, commits keep up, the journal takes requests. */
export function readReadiness(status: CollectorStatus, nowMs: number): Readiness {
  const { progress, journal } = status
  const lag = lagMs(status, nowMs)
  const fill = journalFillRatio(journal)
  const checks = {
    fold: { ok: progress !== null, value: progress === null ? 'restoring' : 'running' },
    database: {
      ok: progress?.isDatabaseUp ?? false,
      value: progress?.isDatabaseUp ? 'up' : 'down',
    },
    lagSeconds: { ok: lag <= LAG_MS_MAX, value: Math.round(lag / 100) / 10 },
    journalFillRatio: { ok: fill < 1, value: Math.round(fill * 1000) / 1000 },
    stopping: { ok: !status.isStopping, value: status.isStopping },
  }
  return { isReady: Object.values(checks).every((check) => check.ok), checks }
}
