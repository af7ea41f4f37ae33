// Writes the table route: which notices go to which channel, and when. Routes of all channels are in one order.
import { type Route, RouteSettings } from '../core/notify/route.ts'
import { appendAudit } from './audit.ts'
import { notifyChange } from './events.ts'
import { errorCode, StorageError } from './failure.ts'
import type { Query, Sql } from './sql.ts'

export type StoredRoute = Route & {
  readonly channelName: string
  /** One more with each change. */
  readonly revision: number
}

type RouteRow = {
  id: bigint
  name: string
  channel_id: bigint
  channel_name: string
  place: number
  is_enabled: boolean
  settings: unknown
  revision: number
}

/** All of them, in their order. */
export async function listRoutes(sql: Query): Promise<readonly StoredRoute[]> {
  const rows = await sql<RouteRow[]>`
    select route.*, channel.name as channel_name
    from route join channel on channel.id = route.channel_id order by place, route.id`
  return rows.map(routeOf)
}

/** Those that are enabled, of channels that are, in their order. */
export async function listActiveRoutes(sql: Query): Promise<readonly StoredRoute[]> {
  const rows = await sql<RouteRow[]>`
    select route.*, channel.name as channel_name
    from route join channel on channel.id = route.channel_id
    where route.is_enabled and channel.is_enabled order by place, route.id`
  return rows.map(routeOf)
}

/** Null: there is none of that id. */
export async function readRoute(sql: Query, id: string): Promise<StoredRoute | null> {
  const [row] = isId(id)
    ? await sql<RouteRow[]>`
        select route.*, channel.name as channel_name
        from route join channel on channel.id = route.channel_id where route.id = ${id}::bigint`
    : []
  return row ? routeOf(row) : null
}

function routeOf(row: RouteRow): StoredRoute {
  return {
    ...{ id: String(row.id), name: row.name, channelId: String(row.channel_id) },
    ...{ channelName: row.channel_name, place: row.place, isEnabled: row.is_enabled },
    settings: RouteSettings.parse(row.settings),
    revision: row.revision,
  }
}

export type NewRoute = {
  /** As a channel's name. */
  readonly name: string
  readonly channelId: string
  readonly isEnabled: boolean
  readonly settings: RouteSettings
  /** A user's e-mail address. */
  readonly actor: string
}

/** Adds a route after all others. Errors: StorageError CHANNEL_UNKNOWN, ROUTE_NAME_TAKEN. */
export async function createRoute(sql: Sql, given: NewRoute): Promise<StoredRoute> {
  const { name, channelId, isEnabled, settings, actor } = given
  return refuseTaken(name, () =>
    sql.begin(async (tx) => {
      await lockOrder(tx)
      await requireChannel(tx, channelId)
      const [row] = await tx<{ id: string }[]>`
        insert into route (name, channel_id, is_enabled, settings, place)
        select ${name}, ${channelId}::bigint, ${isEnabled},
          ${JSON.stringify(settings)}::text::jsonb, coalesce(max(place), 0) + 1 from route
        returning id::text`
      const route = await requireRoute(tx, row?.id ?? '')
      const detail = { channel: route.channelName, isEnabled, settings }
      await appendAudit(tx, { actor, action: 'route.created', subject: subjectOf(name), detail })
      await notifyChange(tx)
      return route
    }),
  )
}

export type RouteChange = {
  readonly id: string
  /** The one that was read; null: whatever it is by now. */
  readonly expectedRevision: number | null
  readonly actor: string
  /** What is left out stays. */
  readonly name?: string
  readonly channelId?: string
  readonly isEnabled?: boolean
  readonly settings?: RouteSettings
}

/**
 * Changes a route, for what is routed from now on. Errors: StorageError ROUTE_UNKNOWN, CHANNEL_UNKNOWN,
 * ROUTE_NAME_TAKEN, REVISION_STALE.
 */
export async function updateRoute(sql: Sql, change: RouteChange): Promise<StoredRoute> {
  const { id, actor } = change
  return refuseTaken(change.name ?? '', () =>
    sql.begin(async (tx) => {
      const former = await lockRoute(tx, change)
      const { name = former.name, channelId = former.channelId } = change
      const { isEnabled = former.isEnabled, settings = former.settings } = change
      if (channelId !== former.channelId) await requireChannel(tx, channelId)
      await tx`
        update route set name = ${name}, channel_id = ${channelId}::bigint,
          is_enabled = ${isEnabled}, settings = ${JSON.stringify(settings)}::text::jsonb,
          revision = revision + 1
        where id = ${id}::bigint`
      const route = await requireRoute(tx, id)
      const said = (each: StoredRoute) => {
        return { name: each.name, channel: each.channelName, isEnabled: each.isEnabled }
      }
      const detail = {
        before: { ...said(former), settings: former.settings },
        after: { ...said(route), settings },
      }
      const subject = subjectOf(former.name)
      await appendAudit(tx, { actor, action: 'route.changed', subject, detail })
      await notifyChange(tx)
      return route
    }),
  )
}

/** ids: of all routes, in their new order. Errors: StorageError REVISION_STALE when these are not all. */
export async function orderRoutes(
  sql: Sql,
  { ids, actor }: { readonly ids: readonly string[]; readonly actor: string },
): Promise<readonly StoredRoute[]> {
  return sql.begin(async (tx) => {
    await lockOrder(tx)
    const known = await listRoutes(tx)
    const given = new Set(ids)
    if (given.size !== known.length || !known.every((route) => given.has(route.id))) {
      const text = 'Routes have been added or deleted since they were read; read them again.'
      throw new StorageError('REVISION_STALE', text)
    }
    await tx`
      update route set place = given.place
      from unnest(${[...given]}::bigint[]) with ordinality as given(id, place)
      where route.id = given.id`
    const routes = await listRoutes(tx)
    const detail = { routes: routes.map((route) => route.name) }
    await appendAudit(tx, { actor, action: 'route.ordered', subject: 'routes', detail })
    await notifyChange(tx)
    return routes
  })
}

/** What was routed by it is delivered all the same. Errors: StorageError ROUTE_UNKNOWN. */
export async function deleteRoute(
  sql: Sql,
  { id, actor }: { readonly id: string; readonly actor: string },
): Promise<void> {
  await sql.begin(async (tx) => {
    const { name, channelName } = await lockRoute(tx, { id, expectedRevision: null })
    await tx`delete from route where id = ${id}::bigint`
    const detail = { channel: channelName }
    await appendAudit(tx, { actor, action: 'route.deleted', subject: subjectOf(name), detail })
    await notifyChange(tx)
  })
}

/** Places are given by one at a time. */
async function lockOrder(tx: Query): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtext('strayline.routes'))`
}

async function lockRoute(
  tx: Query,
  { id, expectedRevision }: Pick<RouteChange, 'id' | 'expectedRevision'>,
): Promise<StoredRoute> {
  if (isId(id)) await tx`select from route where id = ${id}::bigint for update`
  const route = await requireRoute(tx, id)
  if (expectedRevision === null || expectedRevision === route.revision) return route
  const text = 'The route has been changed since it was read; read it again.'
  throw new StorageError('REVISION_STALE', text)
}

async function requireRoute(tx: Query, id: string): Promise<StoredRoute> {
  const route = await readRoute(tx, id)
  if (!route) throw new StorageError('ROUTE_UNKNOWN', 'There is no such route.')
  return route
}

async function requireChannel(tx: Query, id: string): Promise<void> {
  const [row] = isId(id) ? await tx`select from channel where id = ${id}::bigint for key share` : []
  if (!row) throw new StorageError('CHANNEL_UNKNOWN', 'There is no such channel.')
}

async function refuseTaken<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (errorCode(error) !== '23505') throw error
    const text = `There is a route named ${name}: choose another name.`
    throw new StorageError('ROUTE_NAME_TAKEN', text, error)
  }
}

function isId(text: string): boolean {
  return /^\d{1,18}$/.test(text)
}

function subjectOf(name: string): string {
  return `route ${name}`
}
