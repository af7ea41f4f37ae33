// What a channel's job sends next: the first that is due and has nothing earlier of its alert before it, alone or as
// one digest with what waits in its batch. Taking counts the try, and commits that before anything is sent.
import type { DeliveryState } from '../core/notify/delivery.ts'
import type { AlertNotice, Notice } from '../core/notify/notice.ts'
import { gather } from '../core/notify/plan.ts'
import { countAttempt, leaveBatch, takeDelivery } from './deliveries.ts'
import type { Query, Sql } from './sql.ts'

/** What is sent as one. */
export type DueDelivery = {
  readonly ids: readonly string[]
  readonly notice: Notice
  /** This try included; at least 1. */
  readonly attempts: number
  /** When the first try began. Unix ms. */
  readonly triedAtMs: number
}

export type Asking = {
  readonly channelId: string
  readonly nowMs: number
  /** tests: the channel is paused or not enabled, and only tests of it are sent. */
  readonly wanted: 'all' | 'tests'
}

/** Null: nothing that may go now. */
export async function takeDue(sql: Sql, asking: Asking): Promise<DueDelivery | null> {
  for (;;) {
    const taken = await takeDelivery(sql, asking)
    if (!taken) return null
    const { id, batch, notice, attempts, triedAtMs } = taken
    if (batch === null) return { ids: [id], notice, attempts, triedAtMs }
    const { routeId } = taken
    const digest = await sql.begin((tx) => takeBatch(tx, { routeId, batch }, asking))
    if (digest) return digest
  }
}

type BatchRow = {
  id: string
  state: DeliveryState
  attempts: number
  tried_at: Date | null
  is_blocked: boolean
  notice: AlertNotice
}

/** In the key of a digest: its route was deleted, and what it held is told as one all the same. */
const ROUTE_GONE = '0'

type Batch = { readonly routeId: string | null; readonly batch: string }

/**
 * The digest of a batch. What comes when it has gone, or was tried without it, goes by itself, and so does what has to
 * wait for something earlier: under one key receivers take one content. Null: there is no digest of it any more.
 */
async function takeBatch(
  tx: Query,
  { routeId, batch }: Batch,
  { channelId, nowMs }: Asking,
): Promise<DueDelivery | null> {
  const rows = await tx<BatchRow[]>`
    select id::text, state, attempts, tried_at, notice, exists (
      select from delivery as early
      where early.alert_id = delivery.alert_id and early.channel_id = delivery.channel_id
        and early.id < delivery.id and early.state = 'waiting'
        and early.batch is distinct from delivery.batch) as is_blocked
    from delivery
    where channel_id = ${channelId}::bigint and batch = ${batch}
      and route_id is not distinct from ${routeId}::bigint
      and state <> 'superseded'
    order by id`
  const waiting = rows.filter((row) => row.state === 'waiting')
  const tried = waiting.filter((row) => row.attempts > 0)
  const isSent = rows.some((row) => row.state === 'sent')
  const fresh = isSent ? [] : waiting.filter((row) => !row.is_blocked)
  const members = tried.length > 0 ? tried : fresh
  await leaveBatch(tx, idsOf(waiting.filter((row) => !members.includes(row))))
  const counted = await countAttempt(tx, idsOf(members), nowMs)
  const sent = members.filter((row) => counted.includes(row.id))
  if (sent.length === 0) return null
  const notices = sent.map((row) => row.notice)
  return {
    ids: idsOf(sent),
    notice: gather(routeId ?? ROUTE_GONE, Number(batch), notices),
    attempts: Math.max(...sent.map((row) => row.attempts)) + 1,
    triedAtMs: Math.min(...sent.map((row) => row.tried_at?.getTime() ?? nowMs)),
  }
}

function idsOf(rows: readonly BatchRow[]): readonly string[] {
  return rows.map((row) => row.id)
}
