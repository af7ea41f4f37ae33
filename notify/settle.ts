// What a try means for its delivery and for the channel: sent, given up, or later, and whether the channel as a whole
// rests. Pure but for its arguments.
import type { StoredChannel } from '../storage/channels.ts'
import type { Settlement } from '../storage/deliveries.ts'
import type { DueDelivery } from '../storage/due-deliveries.ts'
import { backoffMs } from './backoff.ts'
import type { SendResult } from './send/result.ts'

/** After its first try a delivery is given up at the next failure. */
export const GIVEN_UP_AFTER_MS = 24 * 3_600_000

export type Try = {
  readonly channel: Pick<StoredChannel, 'id' | 'failures'>
  readonly due: DueDelivery
  readonly result: SendResult
  readonly nowMs: number
  /** 0 to 1. */
  readonly random: number
}

export function settle({ channel, due, result, nowMs, random }: Try): Settlement {
  const { ids } = due
  const about = { channelId: channel.id, nowMs }
  if (result.outcome === 'sent') {
    const { remark } = result
    return {
      ...{ ids, nowMs, outcome: 'sent', remark },
      channel: { ...about, outcome: 'worked', lastError: remark },
    }
  }
  const failed = { ...about, outcome: 'failed', lastError: result.why } as const
  const askedMs = result.outcome === 'retry' ? result.retryAfterMs : null
  const pauses = result.outcome === 'retry' && result.pausesChannel && due.notice.type !== 'test'
  const pauseMs = pauses ? backoffMs({ count: channel.failures + 1, askedMs }, random) : null
  const news = { ...failed, pausedUntilMs: pauseMs === null ? null : nowMs + pauseMs }
  const end = findEnd({ due, result, nowMs })
  if (end !== null) return { ids, nowMs, outcome: 'dead', why: end, channel: news }
  const waitMs = pauseMs ?? backoffMs({ count: due.attempts, askedMs }, random)
  return {
    ...{ ids, nowMs, outcome: 'later', why: result.why, dueAtMs: nowMs + waitMs },
    channel: news,
  }
}

/** Why it is given up; null: it is tried again. A test tells whoever asked for it at once. */
function findEnd({
  due,
  result,
  nowMs,
}: Pick<Try, 'due' | 'nowMs'> & {
  readonly result: Exclude<SendResult, { outcome: 'sent' }>
}): string | null {
  if (result.outcome === 'refused' || due.notice.type === 'test') return result.why
  if (nowMs - due.triedAtMs < GIVEN_UP_AFTER_MS) return null
  return `${result.why} Given up after ${due.attempts} tries in a day.`
}
