// When a notice is told by a route: at once, at the end of its digest's slot, or after quiet hours. Nothing but the
// settings, the notice and the time goes into it, so that a backtest plans the same as the worker.
import { isAtLeast } from './match.ts'
import {
  type AlertNotice,
  DIGEST_NOTICES_MAX,
  type DigestNotice,
  type Notice,
  type NoticeAct,
} from './notice.ts'
import { endOfQuiet } from './quiet.ts'
import type { RouteSettings } from './route.ts'

export type Plan = {
  /** Never before now. Unix ms. */
  readonly dueAtMs: number
  /** Of one route, what has the same batch is told as one (gather); null: by itself. */
  readonly batch: string | null
}

/** Whether it says that an alert needs nobody to look at it for the first time. */
export function isEnd(act: NoticeAct): boolean {
  return act === 'reject' || act === 'resolve'
}

/**
 * Null: this route does not tell it. What is urgent is told at once, in quiet hours and digests, too. All else waits
 * for the end of its slot, and for the end of quiet hours when that is in them.
 */
export function planDelivery(settings: RouteSettings, notice: Notice, nowMs: number): Plan | null {
  if (notice.type === 'budget') return { dueAtMs: afterQuiet(settings, nowMs), batch: null }
  if (notice.type !== 'alert') return { dueAtMs: nowMs, batch: null }
  if (isEnd(notice.act) && !settings.tellsEnd) return null
  if (isUrgent(settings, notice)) return { dueAtMs: nowMs, batch: null }
  const dueAtMs = afterQuiet(settings, endOfSlot(settings.digestMinutes, nowMs))
  return { dueAtMs, batch: dueAtMs > nowMs ? String(dueAtMs) : null }
}

/**
 * What a route tells at dueAtMs about these, in the order they happened: the one by itself, more as a digest.
 * notices: at least one.
 */
export function gather(
  routeId: string,
  dueAtMs: number,
  notices: readonly AlertNotice[],
): AlertNotice | DigestNotice {
  const [first] = notices
  if (!first) throw new Error('a digest of nothing')
  if (notices.length === 1) return first
  return {
    type: 'digest',
    key: `d${routeId}.${dueAtMs}`,
    atMs: dueAtMs,
    fromMs: Math.min(...notices.map(({ atMs }) => atMs)),
    toMs: dueAtMs,
    notices: notices.slice(0, DIGEST_NOTICES_MAX),
    noticesTotal: notices.length,
  }
}

function isUrgent({ quiet }: RouteSettings, { alert }: AlertNotice): boolean {
  return quiet !== null && quiet.urgent !== null && isAtLeast(alert.severity, quiet.urgent)
}

function afterQuiet({ quiet }: RouteSettings, atMs: number): number {
  return quiet === null ? atMs : endOfQuiet(quiet, atMs)
}

/** Slots begin at multiples of their length since 1970, in UTC; atMs itself when there are none. */
function endOfSlot(digestMinutes: number, atMs: number): number {
  const slotMs = digestMinutes * 60_000
  return slotMs === 0 ? atMs : (Math.floor(atMs / slotMs) + 1) * slotMs
}
