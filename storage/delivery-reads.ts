// Deliveries as they are read: pages for people, and what a channel's job sends next.
import type { DeliveryState } from '../core/notify/delivery.ts'
import type { Notice, NoticeAct } from '../core/notify/notice.ts'
import type { EarlierDelivery } from '../core/notify/turn.ts'
import type { Query } from './sql.ts'

export type StoredDelivery = {
  readonly id: string
  readonly channelId: string
  readonly channelName: string
  /** Null: a test, or its route is deleted. */
  readonly routeId: string | null
  readonly routeName: string | null
  /** Null: not about one alert. */
  readonly alertId: string | null
  /** What receivers tell repetitions by. */
  readonly key: string
  readonly type: Notice['type']
  readonly act: NoticeAct | null
  /** Of one route, what has the same batch goes, or went, as one digest. */
  readonly batch: string | null
  readonly state: DeliveryState
  /** Tries so far, one under way included. */
  readonly attempts: number
  readonly dueAtMs: number
  readonly createdAtMs: number
  /** First try. */
  readonly triedAtMs: number | null
  readonly finishedAtMs: number | null
  /** Why it failed, or what should be known though it did not. No secret. */
  readonly lastError: string | null
  /** Null: of no environment (a test). */
  readonly environment: string | null
  /** Of the alert, as it was told; hostile text. */
  readonly summary: string | null
}

/** What is left out does not narrow. */
export type DeliveryQuery = {
  readonly channelId?: string
  readonly states?: readonly DeliveryState[]
  readonly types?: readonly Notice['type'][]
  readonly alertId?: string
  /** Id of the last delivery of the page before. */
  readonly after?: string
  readonly countMax: number
}

type DeliveryRow = {
  id: string
  channel_id: string
  channel_name: string
  route_id: string | null
  route_name: string | null
  alert_id: string | null
  key: string
  type: Notice['type']
  act: NoticeAct | null
  batch: string | null
  state: DeliveryState
  attempts: number
  due_at: Date
  created_at: Date
  tried_at: Date | null
  finished_at: Date | null
  last_error: string | null
  environment: string | null
  summary: string | null
}

/** The newest first. */
export async function listDeliveries(
  sql: Query,
  query: DeliveryQuery,
): Promise<readonly StoredDelivery[]> {
  const { channelId, states, types, alertId, after, countMax } = query
  const rows = await sql<DeliveryRow[]>`
    select ${columns(sql)}
    from delivery join channel on channel.id = delivery.channel_id
    left join route on route.id = delivery.route_id
    where ${channelId === undefined ? sql`true` : sql`delivery.channel_id = ${channelId}::bigint`}
      and ${states ? sql`state = any(${[...states]}::text[])` : sql`true`}
      and ${types ? sql`type = any(${[...types]}::text[])` : sql`true`}
      and ${alertId === undefined ? sql`true` : sql`alert_id = ${alertId}::bigint`}
      and ${after === undefined ? sql`true` : sql`delivery.id < ${after}::bigint`}
    order by delivery.id desc limit ${countMax}`
  return rows.map(deliveryOf)
}

/** One delivery with what it says; null: there is none of that id, or no more. */
export async function readDelivery(
  sql: Query,
  id: string,
): Promise<(StoredDelivery & { readonly notice: Notice }) | null> {
  if (!/^\d{1,18}$/.test(id)) return null
  const [row] = await sql<(DeliveryRow & { notice: Notice })[]>`
    select ${columns(sql)}, notice
    from delivery join channel on channel.id = delivery.channel_id
    left join route on route.id = delivery.route_id where delivery.id = ${id}::bigint`
  return row ? { ...deliveryOf(row), notice: row.notice } : null
}

/** How many there are of each state; of one channel, or of all. Absent: none. */
export async function countDeliveries(
  sql: Query,
  channelId?: string,
): Promise<Partial<Readonly<Record<DeliveryState, number>>>> {
  const rows = await sql<{ state: DeliveryState; count: number }[]>`
    select state, count(*)::int as count from delivery
    where ${channelId === undefined ? sql`true` : sql`channel_id = ${channelId}::bigint`}
    group by state`
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

type EarlierRow = {
  id: string
  channel_id: string
  route_id: string | null
  alert_id: string
  act: NoticeAct
  episode: number
  is_held: boolean
}

/** What was planned of these alerts before, the oldest first. */
export async function readEarlier(
  tx: Query,
  alertIds: readonly string[],
): Promise<readonly EarlierDelivery[]> {
  const rows = await tx<EarlierRow[]>`
    select id::text, channel_id::text, route_id::text, alert_id::text, act,
      (notice -> 'alert' ->> 'episode')::int as episode,
      state = 'waiting' and batch is not null and attempts = 0 as is_held
    from delivery
    where alert_id = any(${[...alertIds]}::bigint[]) and type = 'alert' and state <> 'superseded'
    order by id`
  return rows.map((row) => ({
    ...{ id: row.id, channelId: row.channel_id, routeId: row.route_id, alertId: row.alert_id },
    ...{ act: row.act, episode: row.episode, isHeld: row.is_held },
  }))
}

/** When the next one that waits at a channel is due, unix ms; null: none waits. */
export async function nextDueAt(sql: Query, channelId: string): Promise<number | null> {
  const [row] = await sql<{ due_at: Date }[]>`
    select due_at from delivery where channel_id = ${channelId}::bigint and state = 'waiting'
    order by due_at limit 1`
  return row?.due_at.getTime() ?? null
}

function columns(sql: Query) {
  return sql`
    delivery.id::text, delivery.channel_id::text, channel.name as channel_name,
    delivery.route_id::text, route.name as route_name, alert_id::text, key, type, act, batch,
    state, attempts, due_at, delivery.created_at, tried_at, finished_at, delivery.last_error,
    coalesce(notice -> 'alert' ->> 'environment', notice ->> 'environment') as environment,
    notice -> 'alert' ->> 'summary' as summary`
}

function deliveryOf(row: DeliveryRow): StoredDelivery {
  const { id, key, type, act, batch, state, attempts, environment, summary } = row
  return {
    ...{ id, channelId: row.channel_id, channelName: row.channel_name },
    ...{ routeId: row.route_id, routeName: row.route_name, alertId: row.alert_id },
    ...{ key, type, act, batch, state, attempts, environment, summary },
    dueAtMs: row.due_at.getTime(),
    createdAtMs: row.created_at.getTime(),
    triedAtMs: row.tried_at?.getTime() ?? null,
    finishedAtMs: row.finished_at?.getTime() ?? null,
    lastError: row.last_error,
  }
}
