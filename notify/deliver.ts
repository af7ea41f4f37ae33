// Sends what is due at one channel, in order, until nothing is or a failure says to wait; then it is looked at again
// at the time of the next. A try is counted and committed before it is made; how it ended is written until the
// database takes it, because to send again would be the wrong answer to a database that is away.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../core/notify/channel.ts'
import type { Notice } from '../core/notify/notice.ts'
import { openChannel, readSealedChannel, type SealedChannel } from '../storage/channels.ts'
import { alignFollowers, type Settlement, settleDelivery } from '../storage/deliveries.ts'
import { scheduleChannel, wakeChannel } from '../storage/delivery-jobs.ts'
import { nextDueAt } from '../storage/delivery-reads.ts'
import { type DueDelivery, takeDue } from '../storage/due-deliveries.ts'
import { errorCode, StorageError } from '../storage/failure.ts'
import type { SecretsKey } from '../storage/secret-box.ts'
import type { Sql } from '../storage/sql.ts'
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
}

/** After so many it goes to the end of the queue, so that a channel with much to send does not keep others waiting. */
const SENDS_A_TURN_MAX = 200
const WRITE_AGAIN_MS = { first: 100, last: 5_000 } as const

/** Errors: the database's own, before anything is sent. */
export async function deliverChannel(work: Delivering, channelId: string): Promise<void> {
  for (let sends = 0; sends < SENDS_A_TURN_MAX; sends++) {
    if (work.stopping.aborted) return
    const channel = await readSealedChannel(work.sql, channelId)
    if (!channel) return
    const nowMs = work.nowMs()
    const wanted = channel.isEnabled && (channel.pausedUntilMs ?? 0) <= nowMs ? 'all' : 'tests'
    const due = await takeDue(work.sql, { channelId, nowMs, wanted })
    if (!due) return scheduleNext(work, channel, nowMs)
    await deliver(work, channel, due)
  }
  await wakeChannel(work.sql, channelId)
}

async function deliver(work: Delivering, channel: SealedChannel, due: DueDelivery): Promise<void> {
  const startedMs = performance.now()
  const result = await trySend(work, channel, due.notice)
  if (work.stopping.aborted && result.outcome === 'retry') return
  const settlement = settle({
    ...{ channel, due, result, nowMs: work.nowMs(), random: work.random() },
  })
  logSettled(work.log, channel, { due, settlement, durationMs: performance.now() - startedMs })
  await write(work, settlement)
}

async function trySend(
  { key, send, log }: Delivering,
  channel: SealedChannel,
  notice: Notice,
): Promise<SendResult> {
  try {
    return await send(openChannel(channel, key), notice)
  } catch (error) {
    const later = { outcome: 'retry', retryAfterMs: null } as const
    // The secrets do not open: somebody has to do something, and until then nothing can be sent.
    if (error instanceof StorageError) return { ...later, why: error.message, pausesChannel: true }
    // A bug, met by this notice: others go on.
    log.error({ event: 'delivery.broken', channel: channel.name, key: notice.key, error })
    const why = 'Strayline itself failed on this notice; its log says where (delivery.broken).'
    return { ...later, why, pausesChannel: false }
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
  { sql }: Delivering,
  { id, isEnabled, pausedUntilMs }: SealedChannel,
  nowMs: number,
): Promise<void> {
  if (!isEnabled) return
  await alignFollowers(sql, id, nowMs)
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
