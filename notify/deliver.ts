// Sends what is due at one channel, in order, until nothing is or a failure says to wait; then it is looked at again
// at the time of the next. A try is counted and committed before it is made; how it ended is written until the
// database takes it, because to send again would be the wrong answer to a database that is away.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../core/notify/channel.ts'
import type { Notice } from '../core/notify/notice.ts'
import {
  noteChannelNews,
  openChannel,
  readSealedChannel,
  type SealedChannel,
} from '../storage/channels.ts'
import { alignFollowers, type Settlement, settleDelivery } from '../storage/deliveries.ts'
import { scheduleChannel } from '../storage/delivery-jobs.ts'
import { nextDueAt } from '../storage/delivery-reads.ts'
import { type DueDelivery, takeDue } from '../storage/due-deliveries.ts'
import { errorCode, StorageError } from '../storage/failure.ts'
import type { SecretsKey } from '../storage/secret-box.ts'
import type { Sql } from '../storage/sql.ts'
import { backoffMs } from './backoff.ts'
import type { Log } from './log.ts'
import type { SendResult } from './send/result.ts'
import { settle } from './settle.ts'

export type Delivering = {
  readonly sql: Sql
  readonly log: Log
  readonly key: SecretsKey
  readonly send: (channel: Channel, notice: Notice) => Promise<SendResult>
  /** Unix ms. */
  readonly nowMs: () => number
  /** 0 to 1. */
  readonly random: () => number
  /** Aborted when the process stops: what is under way then is left as it is, and tried again. */
  readonly stopping: AbortSignal
  /** Aborted when the process has to end by itself: what is under way is still ended and written, nothing is begun. */
  readonly ending: AbortSignal
}

const WRITE_AGAIN_MS = { first: 100, last: 5_000 } as const

/** Errors: the database's own, before anything is sent. */
export async function deliverChannel(work: Delivering, channelId: string): Promise<void> {
  for (;;) {
    if (work.stopping.aborted || work.ending.aborted) return
    const channel = await readSealedChannel(work.sql, channelId)
    if (!channel) return
    const nowMs = work.nowMs()
    const opened = open(channel, work.key)
    const mayGo = channel.isEnabled && (channel.pausedUntilMs ?? 0) <= nowMs
    const wanted = mayGo && opened.ok ? 'all' : 'tests'
    const due = await takeDue(work.sql, { channelId, nowMs, wanted })
    if (!due) {
      const closed = mayGo && !opened.ok ? await rest(work, channel, opened.why) : null
      return scheduleNext(work, { ...channel, pausedUntilMs: closed ?? channel.pausedUntilMs })
    }
    await deliver(work, { channel, opened, due })
  }
}

type Opened =
  | { readonly ok: true; readonly channel: Channel }
  | { readonly ok: false; readonly why: string }

/** Not ok: the secrets do not open. Somebody has to do something, and until then everything waits. */
function open(channel: SealedChannel, key: SecretsKey): Opened {
  try {
    return { ok: true, channel: openChannel(channel, key) }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    return { ok: false, why: error.message }
  }
}

/** Until when; a change of the channel ends it. */
async function rest(work: Delivering, channel: SealedChannel, why: string): Promise<number> {
  const nowMs = work.nowMs()
  const failure = { count: channel.failures + 1, askedMs: null }
  const pausedUntilMs = nowMs + backoffMs(failure, work.random())
  const news = { channelId: channel.id, nowMs, lastError: why, pausedUntilMs }
  await noteChannelNews(work.sql, { ...news, outcome: 'failed' })
  return pausedUntilMs
}

type Ready = {
  readonly channel: SealedChannel
  readonly opened: Opened
  readonly due: DueDelivery
}

async function deliver(work: Delivering, { channel, opened, due }: Ready): Promise<void> {
  const startedMs = performance.now()
  const result: SendResult = opened.ok
    ? await trySend(work, opened.channel, due.notice)
    : { outcome: 'refused', why: opened.why }
  if (work.stopping.aborted && result.outcome === 'retry') return
  const settlement = settle({
    ...{ channel, due, result, nowMs: work.nowMs(), random: work.random() },
  })
  logSettled(work.log, channel, { due, settlement, durationMs: performance.now() - startedMs })
  await write(work, settlement)
}

async function trySend(
  { send, log }: Delivering,
  channel: Channel,
  notice: Notice,
): Promise<SendResult> {
  try {
    return await send(channel, notice)
  } catch (error) {
    // A bug, met by this notice: others go on.
    log.error({ event: 'delivery.broken', channel: channel.name, key: notice.key, error })
    const why = 'Strayline itself failed on this notice; its log says where (delivery.broken).'
    return { outcome: 'retry', why, retryAfterMs: null, pausesChannel: false }
  }
}

/** Until it is written, or the process stops. */
async function write({ sql, log, stopping }: Delivering, settlement: Settlement): Promise<void> {
  for (
    let waitMs: number = WRITE_AGAIN_MS.first;
    ;
    waitMs = Math.min(2 * waitMs, WRITE_AGAIN_MS.last)
  ) {
    try {
      return await settleDelivery(sql, settlement)
    } catch (error) {
      const level = errorCode(error) === undefined ? 'error' : 'warn'
      log[level]({ event: 'delivery.unwritten', ids: settlement.ids, error })
    }
    if (stopping.aborted) return
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => {}) // the last try is due
  }
}

async function scheduleNext(
  { sql, nowMs }: Delivering,
  { id, isEnabled, pausedUntilMs }: SealedChannel,
): Promise<void> {
  if (!isEnabled) return
  await alignFollowers(sql, id, nowMs())
  const dueAtMs = await nextDueAt(sql, id)
  if (dueAtMs !== null) await scheduleChannel(sql, id, Math.max(dueAtMs, pausedUntilMs ?? 0))
}

type Settled = {
  readonly due: DueDelivery
  readonly settlement: Settlement
  readonly durationMs: number
}

function logSettled(
  log: Log,
  channel: SealedChannel,
  { due, settlement, durationMs }: Settled,
): void {
  const { notice, attempts, ids } = due
  const about = { channel: channel.name, key: notice.key, deliveries: ids.length, attempts }
  const took = { durationMs: Math.round(durationMs) }
  if (settlement.outcome === 'sent') log.info({ event: 'delivery.sent', ...about, ...took })
  else {
    const { why } = settlement
    const untilMs = settlement.outcome === 'later' ? settlement.dueAtMs : undefined
    const until = untilMs === undefined ? undefined : new Date(untilMs).toISOString()
    log.warn({ event: `delivery.${settlement.outcome}`, ...about, ...took, why, until })
  }
}
