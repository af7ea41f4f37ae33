// What was decided before about alerts like one: of the same source, target or domain first, and where
// these are few of the same kind.
import { type PastDecision, SIMILAR_AS } from '../core/baseline/alert-state.ts'
import { type AlertRow, endsOf } from './alert-row.ts'
import type { Query } from './sql.ts'

type PastRow = AlertRow & {
  at: Date
  action: PastDecision['outcome']
  actor: string
  reason: string
  same_source: boolean
  same_target: boolean
  same_kind: boolean
}

/**
 * The last decision of a person about each similar alert that still stands, so neither undone nor
 * overtaken by a new episode; the newest first. Ends are compared across environments, which often
 * hold the same services.
 */
export async function findSimilarDecisions(
  sql: Query,
  alertId: string,
  countMax: number,
): Promise<readonly PastDecision[]> {
  const rows = await sql<PastRow[]>`
    with this as (select * from alert where id = ${alertId}::bigint),
    other as (
      select alert.*,
        (alert.source_kind, alert.source_namespace, alert.source_name)
          = (this.source_kind, this.source_namespace, this.source_name) as same_source,
        coalesce((alert.target_kind, alert.target_namespace, alert.target_name)
          = (this.target_kind, this.target_namespace, this.target_name), false) as same_target,
        alert.kind = this.kind as same_kind
      from alert, this
      where alert.id <> this.id and alert.state in ('accepted', 'rejected')
    ),
    decided as (
      select other.*, event.at, event.action, event.actor, event.reason
      from other cross join lateral (
        select at, action, actor, reason from alert_event
        where alert_id = other.id and action = other.state
        order by id desc limit 1
      ) as event
      where other.same_source or other.same_target or other.same_kind
    )
    select * from (
      select * from decided order by (same_source or same_target) desc, at desc limit ${countMax}
    ) as nearest
    order by at desc, id desc`
  return rows.map(pastOf)
}

function pastOf(row: PastRow): PastDecision {
  const { source, target } = endsOf(row)
  const isDomain = row.same_target && target?.kind === 'external'
  const shared = {
    source: row.same_source,
    target: row.same_target && !isDomain,
    domain: isDomain,
    kind: row.same_kind,
  }
  return {
    ...{ alertId: String(row.id), environment: row.environment, kind: row.kind, source, target },
    sharedWith: SIMILAR_AS.filter((each) => shared[each]),
    ...{ outcome: row.action, actor: row.actor, reason: row.reason, atMs: row.at.getTime() },
  }
}
