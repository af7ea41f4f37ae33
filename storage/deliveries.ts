// Writes the table delivery: one notice to one channel, from when it is planned until it is sent or given up. One job a
// channel sends at a time (delivery-jobs.ts), so that nobody else takes what is taken here.
import { randomUUID } from 'node:crypto'
import type { Notice, TestNotice } from '../core/notify/notice.ts'
import { appendAudit } from './audit.ts'
import { type ChannelNews, noteChannelNews } from './channels.ts'
import { wakeChannel } from './delivery-jobs.ts'
import { StorageError } from './failure.ts'
import type { Query, Sql } from './sql.ts'

export type NewDelivery = {
  readonly channelId: string
  /** Null: no route asked for it (a test). */
  readonly routeId: string | null
  readonly notice: Notice
  readonly dueAtMs: number
  /** Of one route, what has the same batch goes as one; null: it goes by itself. */
  readonly batch: string | null
}

/** Adds deliveries in this order, and wakes their channels; one whose key the channel has already is left. */
export async function insertDeliveries(
  tx: Query,
  deliveries: readonly NewDelivery[],
): Promise<void> {
  if (deliveries.length === 0) return
  const rows = deliveries.map(({ channelId, routeId, notice, dueAtMs, batch }) => ({
    ...{ channel_id: channelId, route_id: routeId, batch, due_ms: dueAtMs, notice },
    alert_id: notice.type === 'alert' ? notice.alert.id : null,
    act: notice.type === 'alert' ? notice.act : null,
  }))
  await tx`
    with inserted as (
    insert into delivery (channel_id, route_id, alert_id, key, type, act, batch, due_at, notice)
    select given.channel_id, route.id, given.alert_id, given.notice ->> 'key',
      given.notice ->> 'type', given.act, given.batch, to_timestamp(given.due_ms / 1000),
      given.notice
    from rows from (json_to_recordset(${JSON.stringify(rows)}::text::json) as (channel_id bigint,
      route_id bigint, alert_id bigint, act text, batch text, due_ms float8, notice jsonb))
      with ordinality as given
    join channel on channel.id = given.channel_id
    left join route on route.id = given.route_id
    order by given.ordinality
    on conflict (channel_id, key) do nothing
    returning channel_id
    )
    select enqueue_channel_delivery(channel_id) from (select distinct channel_id from inserted)
      as woken`
}

/**
 * What has failed, or waits for something of its alert that has, is due now: its channel was changed. What is held for
 * a digest or quiet hours stays.
 */
export async function dueAgainAtOnce(tx: Query, channelId: string): Promise<void> {
  await tx`
    update delivery set due_at = now()
    where channel_id = ${channelId}::bigint and state = 'waiting' and due_at > now()
      and (attempts > 0 or (batch is null and type = 'alert'))`
}

/** Takes back what is held and was not tried: something else is told instead, or nothing any more. */
export async function supersedeHeld(tx: Query, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx`
    update delivery set state = 'superseded', finished_at = now()
    where id = any(${[...ids]}::bigint[]) and state = 'waiting' and attempts = 0`
}

/** What one try of the worker ended with; ids: all that it sent as one. */
export type Settlement = {
  readonly ids: readonly string[]
  readonly nowMs: number
  readonly channel: ChannelNews
} & (
  | { readonly outcome: 'sent'; readonly remark: string | null }
  | { readonly outcome: 'dead'; readonly why: string }
  | { readonly outcome: 'later'; readonly why: string; readonly dueAtMs: number }
)

/** Writes how a try ended; again it changes nothing but the channel's count of failures. */
export async function settleDelivery(sql: Sql, settlement: Settlement): Promise<void> {
  const { ids, nowMs, outcome, channel } = settlement
  await sql.begin(async (tx) => {
    if (outcome === 'later') {
      const due = tx`to_timestamp(${settlement.dueAtMs}::float8 / 1000)`
      await tx`
        update delivery set due_at = ${due}, last_error = ${settlement.why}
        where id = any(${[...ids]}::bigint[]) and state = 'waiting'`
      // What has to wait for these is due with them, so that nobody looks at it again and again before.
      await tx`
        update delivery as late set due_at = ${due} from delivery as early
        where early.id = any(${[...ids]}::bigint[]) and late.alert_id = early.alert_id
          and late.channel_id = early.channel_id and late.id > early.id
          and late.state = 'waiting' and late.batch is null and late.due_at < ${due}`
    } else {
      const said = outcome === 'sent' ? settlement.remark : settlement.why
      await tx`
        update delivery set state = ${outcome}, last_error = ${said},
          finished_at = to_timestamp(${nowMs}::float8 / 1000)
        where id = any(${[...ids]}::bigint[]) and state = 'waiting'`
    }
    await noteChannelNews(tx, channel)
  })
}

type TakenRow = {
  id: string
  route_id: string | null
  batch: string | null
  notice: Notice
  attempts: number
  tried_at: Date | null
}

export type TakenDelivery = {
  readonly id: string
  readonly routeId: string | null
  /** Not null: it waits for a digest, and its try is not counted yet. */
  readonly batch: string | null
  readonly notice: Notice
  readonly attempts: number
  readonly triedAtMs: number
}

/** Takes what a channel sends next, tests before all else, and counts its try; null: nothing that may go now. */
export async function takeDelivery(
  sql: Query,
  {
    channelId,
    nowMs,
    wanted,
  }: { readonly channelId: string; readonly nowMs: number; readonly wanted: 'all' | 'tests' },
): Promise<TakenDelivery | null> {
  const now = sql`to_timestamp(${nowMs}::float8 / 1000)`
  const [row] = await sql<TakenRow[]>`
    with test as (
      select id from delivery
      where channel_id = ${channelId}::bigint and state = 'waiting' and type = 'test'
      order by id limit 1
    ), due as (
      select id from delivery
      where ${wanted === 'all' ? sql`true` : sql`false`} and not exists (select from test)
        and channel_id = ${channelId}::bigint and state = 'waiting' and due_at <= ${now}
        and not exists (
          select from delivery as early
          where early.alert_id = delivery.alert_id and early.channel_id = delivery.channel_id
            and early.id < delivery.id and early.state = 'waiting')
      order by due_at, id limit 1
    ), picked as (
      select id from test union all select id from due
    ), tried as (
      update delivery set attempts = attempts + 1, tried_at = coalesce(tried_at, ${now})
      from picked where delivery.id = picked.id and batch is null
      returning delivery.id, attempts, tried_at
    )
    select id::text, route_id::text, batch, notice,
      coalesce(tried.attempts, delivery.attempts) as attempts,
      coalesce(tried.tried_at, delivery.tried_at) as tried_at
    from picked join delivery using (id) left join tried using (id)`
  if (!row) return null
  const { id, route_id: routeId, batch, notice, attempts, tried_at: triedAt } = row
  return { id, routeId, batch, notice, attempts, triedAtMs: triedAt?.getTime() ?? nowMs }
}

/** Counts a try that is about to be made. Returns those that are still there to be sent. */
export async function countAttempt(
  tx: Query,
  ids: readonly string[],
  nowMs: number,
): Promise<readonly string[]> {
  const rows = await tx<{ id: string }[]>`
    update delivery set attempts = attempts + 1,
      tried_at = coalesce(tried_at, to_timestamp(${nowMs}::float8 / 1000))
    where id = any(${[...ids]}::bigint[]) and state = 'waiting' returning id::text`
  return rows.map((row) => row.id)
}

/** Lets these go by themselves: their digest has gone without them, or they would overtake something. */
export async function leaveBatch(tx: Query, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await tx`update delivery set batch = null where id = any(${[...ids]}::bigint[])`
}

/** What is due but has to wait for something earlier about its alert is due when that is. */
export async function alignFollowers(sql: Query, channelId: string, nowMs: number): Promise<void> {
  await sql`
    update delivery as late set due_at = (
      select max(early.due_at) from delivery as early
      where early.alert_id = late.alert_id and early.channel_id = late.channel_id
        and early.id < late.id and early.state = 'waiting')
    where late.channel_id = ${channelId}::bigint and late.state = 'waiting'
      and late.due_at <= to_timestamp(${nowMs}::float8 / 1000)
      and exists (
        select from delivery as early
        where early.alert_id = late.alert_id and early.channel_id = late.channel_id
          and early.id < late.id and early.state = 'waiting' and early.due_at > late.due_at)`
}

/**
 * Adds a test of a channel, enabled or not, and returns its id; how it ended is read from it (readDelivery). It is
 * tried once. Errors: StorageError CHANNEL_UNKNOWN.
 */
export async function requestTest(
  sql: Sql,
  { channelId, actor }: { readonly channelId: string; readonly actor: string },
): Promise<string> {
  return sql.begin(async (tx) => {
    const [channel] = /^\d{1,18}$/.test(channelId)
      ? await tx<{ name: string }[]>`select name from channel where id = ${channelId}::bigint`
      : []
    if (!channel) throw new StorageError('CHANNEL_UNKNOWN', 'There is no such channel.')
    const nowMs = Date.now()
    const key = `t${randomUUID()}`
    const notice: TestNotice = { type: 'test', key, atMs: nowMs, channel: channel.name, actor }
    await insertDeliveries(tx, [{ channelId, routeId: null, notice, dueAtMs: nowMs, batch: null }])
    const [row] = await tx<{ id: string }[]>`
      select id::text from delivery where channel_id = ${channelId}::bigint and key = ${key}`
    const subject = `channel ${channel.name}`
    await appendAudit(tx, { actor, action: 'channel.tested', subject, detail: {} })
    return row?.id ?? ''
  })
}

/**
 * Has dead deliveries sent again under their keys, all of a dead digest with one of them. Left alone: what is not dead,
 * and what is overtaken by later news of its alert that this channel got. Returns how many wait again. Errors:
 * StorageError DELIVERY_UNKNOWN when none of them is there.
 */
export async function resendDeliveries(
  sql: Sql,
  { ids, actor }: { readonly ids: readonly string[]; readonly actor: string },
): Promise<number> {
  const numbers = ids.filter((id) => /^\d{1,18}$/.test(id))
  return sql.begin(async (tx) => {
    const named = await tx<{ id: string }[]>`
      select id::text from delivery where id = any(${numbers}::bigint[])`
    if (named.length === 0) throw new StorageError('DELIVERY_UNKNOWN', 'There is no such delivery.')
    const rows = await tx<{ id: string; channel_id: bigint }[]>`
      update delivery as again set state = 'waiting', attempts = 0, due_at = now(),
        tried_at = null, finished_at = null
      where again.state = 'dead'
        and (id = any(${numbers}::bigint[]) or exists (
          select from delivery as one where one.id = any(${numbers}::bigint[])
            and one.channel_id = again.channel_id and one.batch = again.batch
            and one.route_id is not distinct from again.route_id))
        and not exists (
          select from delivery as later where later.alert_id = again.alert_id
            and later.channel_id = again.channel_id and later.id > again.id
            and later.state = 'sent')
      returning id::text, channel_id`
    for (const id of new Set(rows.map((row) => row.channel_id))) await wakeChannel(tx, String(id))
    const detail = { deliveries: rows.map((row) => row.id) }
    const subject = rows.length === 1 ? `delivery ${rows[0]?.id}` : `${rows.length} deliveries`
    if (rows.length > 0)
      await appendAudit(tx, { actor, action: 'delivery.resent', subject, detail })
    return rows.length
  })
}

/** Deletes what was, or is to be, told about an environment. */
export async function deleteDeliveriesOf(tx: Query, environment: string): Promise<void> {
  await tx`
    delete from delivery using alert
    where alert.id = delivery.alert_id and alert.environment = ${environment}`
  await tx`
    delete from delivery where type = 'budget' and notice ->> 'environment' = ${environment}`
}

const REMOVED_AT_ONCE = 5_000

/** Deletes what ended before a time; returns how many. In pieces, so that no lock is held for long. */
export async function removeFinished(sql: Query, beforeMs: number): Promise<number> {
  let removed = 0
  for (;;) {
    const { count } = await sql`
      delete from delivery where id in (
        select id from delivery
        where state <> 'waiting' and finished_at < to_timestamp(${beforeMs}::float8 / 1000)
        limit ${REMOVED_AT_ONCE})`
    removed += count
    if (count < REMOVED_AT_ONCE) return removed
  }
}
