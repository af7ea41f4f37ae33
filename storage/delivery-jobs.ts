// The queue's side of notifications: which jobs there are, when they run, and whose locks are dead. Jobs carry no
// more than a channel's id; what is to be done is read from the tables, so a job too many finds nothing.
import type { Query } from './sql.ts'

/** Names of the jobs; the functions that add them are the database's (migration 0020). */
export const ROUTE_ALERTS = 'route-alerts'
export const DELIVER_CHANNEL = 'deliver-channel'

/** Has what is not routed yet routed, when (and only if) the transaction commits. */
export async function wakeRouting(tx: Query): Promise<void> {
  await tx`select enqueue_alert_routing()`
}

/** Has what is due at a channel sent, when (and only if) the transaction commits. */
export async function wakeChannel(tx: Query, channelId: string): Promise<void> {
  await tx`select enqueue_channel_delivery(${channelId}::bigint)`
}

/**
 * Has a channel looked at again at a time, instead of the time that was set before. For its own job alone: of the jobs
 * of a channel one runs at a time (notify/turns.ts), so nobody sets a time beside it. As owner.
 */
export async function scheduleChannel(sql: Query, channelId: string, atMs: number): Promise<void> {
  await sql`
    select graphile_worker.add_job(${DELIVER_CHANNEL},
      json_build_object('channelId', ${channelId}::text),
      run_at => to_timestamp(${atMs}::float8 / 1000),
      job_key => 'channel-later-' || ${channelId}::text)`
}

/**
 * Adds the jobs for what is due and for what is not routed. For the start of a worker and once a minute after it: a job
 * that failed too often is not tried again, and a restored backup has none. As owner.
 */
export async function wakeAllDue(sql: Query, nowMs: number): Promise<void> {
  await sql`
    select enqueue_channel_delivery(channel.id) from channel
    where is_enabled and coalesce(paused_until, to_timestamp(0)) <= to_timestamp(${nowMs}::float8 / 1000)
      and exists (
        select from delivery where channel_id = channel.id and state = 'waiting'
          and due_at <= to_timestamp(${nowMs}::float8 / 1000))`
  await sql`
    select enqueue_alert_routing() where exists (select from alert_event where not is_routed)`
}

/** Takes the locks from jobs and queues; for a worker that knows itself to be the only one. As owner. */
export async function unlockJobs(sql: Query): Promise<number> {
  const rows = await sql<{ count: number }[]>`
    with holder as (
      select locked_by from graphile_worker.jobs where locked_by is not null
      union
      select locked_by from graphile_worker._private_job_queues where locked_by is not null
    ), unlocked as (
      select graphile_worker.force_unlock_workers((select array_agg(locked_by) from holder))
    )
    select count(*)::int as count from holder, unlocked`
  return rows[0]?.count ?? 0
}
