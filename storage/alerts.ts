// Alerts as they are read: one with its history, pages of them by filters, and how many there are.
// What people do about them is triage.ts; what raises them judge.ts.
import { type AlertState, STANDING_STATES } from '../core/baseline/alert-state.ts'
import type { DriftKind, Severity } from '../core/baseline/drift.ts'
import { type AlertEvent, readEvents } from './alert-events.ts'
import { type Alert, type AlertRow, alertOf } from './alert-row.ts'
import { hashSubject } from './drift-columns.ts'
import type { Query } from './sql.ts'

/** What is left out does not narrow. */
export type AlertFilter = {
  readonly environment?: string | null
  readonly states?: readonly AlertState[]
  readonly kinds?: readonly DriftKind[]
  readonly severities?: readonly Severity[]
  /** A user's e-mail address; '' finds what is nobody's. */
  readonly assignee?: string
  /** Part of a name or namespace of either end; letters of either case. */
  readonly text?: string
  /** Unix ms: the state changed then or later. */
  readonly sinceMs?: number
  readonly incidentId?: string
}

export const ALERT_ORDERS = ['time', 'severity'] as const
export type AlertOrder = (typeof ALERT_ORDERS)[number]

/** Where an alert stands in an order: the newest first, or the worst first and of these the newest. */
export type AlertPlace = {
  /** Position in SEVERITIES; 0 in the order of time. */
  readonly rank: number
  /** Of its last change, in microseconds, as a whole number. */
  readonly lastAtUs: string
  readonly id: string
}

export type AlertQuery = AlertFilter & {
  /** 'time' when left out. */
  readonly order?: AlertOrder
  readonly countMax: number
  /** Only what comes after this place. */
  readonly after?: AlertPlace
}

export type PlacedAlert = Alert & { readonly place: AlertPlace }

/** Alerts in their order, each with its place in it. */
export async function listAlerts(sql: Query, query: AlertQuery): Promise<readonly PlacedAlert[]> {
  const { order = 'time', countMax } = query
  const rank = order === 'severity' ? severityRank(sql) : sql`0`
  const rows = await sql<(AlertRow & { rank: number; last_at_us: bigint })[]>`
    select alert.*, ${rank} as rank,
      (extract(epoch from last_at) * 1000000)::bigint as last_at_us,
      (select min(edge.id) from edge where edge.alert_id = alert.id) as edge_id
    from alert
    where ${matches(sql, query)} and ${comesAfter(sql, order, query.after)}
    order by ${order === 'severity' ? sql`${rank}, ` : sql``}last_at desc, id desc
    limit ${countMax}`
  return rows.map((row) => {
    const place = { rank: row.rank, lastAtUs: String(row.last_at_us), id: String(row.id) }
    return { ...alertOf(row), place }
  })
}

type Fragment = ReturnType<typeof severityRank>

function comesAfter(sql: Query, order: AlertOrder, after: AlertPlace | undefined): Fragment {
  if (after === undefined) return sql`true`
  const at = sql`timestamptz 'epoch' + ${after.lastAtUs}::bigint * interval '1 microsecond'`
  const isOlder = sql`(last_at, id) < (${at}, ${after.id}::bigint)`
  if (order === 'time') return isOlder
  const rank = severityRank(sql)
  return sql`${rank} >= ${after.rank}::int and (${rank} > ${after.rank}::int or ${isOlder})`
}

/** As SEVERITIES; the index alert_severity_idx is over the same words. */
function severityRank(sql: Query) {
  return sql`(case severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 else 3 end)`
}

function matches(sql: Query, filter: AlertFilter) {
  const { environment = null, states, kinds, severities, assignee, text, sinceMs } = filter
  const { incidentId } = filter
  const pattern = text ? `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%` : null
  return sql`
    (${environment}::text is null or environment = ${environment})
    and ${states ? sql`state = any(${[...states]}::text[])` : sql`true`}
    and ${kinds ? sql`kind = any(${[...kinds]}::text[])` : sql`true`}
    and ${severities ? sql`severity = any(${[...severities]}::text[])` : sql`true`}
    and ${assignee === undefined ? sql`true` : sql`coalesce(assignee, '') = ${assignee}`}
    and ${incidentId === undefined ? sql`true` : sql`incident_id = ${incidentId}::bigint`}
    and ${sinceMs === undefined ? sql`true` : sql`last_at >= to_timestamp(${sinceMs}::float8 / 1000)`}
    and ${
      pattern === null
        ? sql`true`
        : sql`(source_name ilike ${pattern} or source_namespace ilike ${pattern}
          or target_name ilike ${pattern} or target_namespace ilike ${pattern})`
    }`
}

/** How many alerts there are of each; each count is by the other filters. Absent: none. */
export type AlertCounts = {
  readonly states: Partial<Readonly<Record<AlertState, number>>>
  readonly kinds: Partial<Readonly<Record<DriftKind, number>>>
  readonly severities: Partial<Readonly<Record<Severity, number>>>
}

type CountRow = { state: AlertState; kind: DriftKind; severity: Severity; count: number }

export async function countAlerts(sql: Query, filter: AlertFilter): Promise<AlertCounts> {
  const { states, kinds, severities, ...rest } = filter
  const rows = await sql<CountRow[]>`
    select state, kind, severity, count(*)::int as count from alert where ${matches(sql, rest)}
    group by state, kind, severity`
  const isIn = <T>(list: readonly T[] | undefined, value: T) => list?.includes(value) ?? true
  const inState = (row: CountRow) => isIn(states, row.state)
  const inKind = (row: CountRow) => isIn(kinds, row.kind)
  const inSeverity = (row: CountRow) => isIn(severities, row.severity)
  return {
    states: sumBy(
      rows.filter((row) => inKind(row) && inSeverity(row)),
      (row) => row.state,
    ),
    kinds: sumBy(
      rows.filter((row) => inState(row) && inSeverity(row)),
      (row) => row.kind,
    ),
    severities: sumBy(
      rows.filter((row) => inState(row) && inKind(row)),
      (row) => row.severity,
    ),
  }
}

function sumBy<K extends string>(
  rows: readonly CountRow[],
  keyOf: (row: CountRow) => K,
): Partial<Record<K, number>> {
  const sums: Partial<Record<K, number>> = {}
  for (const row of rows) sums[keyOf(row)] = (sums[keyOf(row)] ?? 0) + row.count
  return sums
}

/** One alert with what happened to it, oldest first; null when there is none. */
export async function readAlert(
  sql: Query,
  alertId: string,
): Promise<(Alert & { readonly events: readonly AlertEvent[] }) | null> {
  if (!isAlertId(alertId)) return null
  const [row] = await sql<AlertRow[]>`
    select alert.*, (select min(edge.id) from edge where edge.alert_id = alert.id) as edge_id
    from alert where id = ${alertId}::bigint`
  return row ? { ...alertOf(row), events: await readEvents(sql, alertId) } : null
}

export type StandingAlert = {
  readonly id: string
  readonly subject: string
  readonly state: (typeof STANDING_STATES)[number]
  readonly kind: DriftKind
}

/** The alerts that stand for edges of an environment, for a map. */
export async function listStandingAlerts(
  sql: Query,
  environment: string,
): Promise<readonly StandingAlert[]> {
  const rows = await sql<(Omit<StandingAlert, 'id'> & { id: bigint })[]>`
    select id, subject, state, kind from alert
    where environment = ${environment} and state = any(${[...STANDING_STATES]}::text[])`
  return rows.map((row) => ({ ...row, id: String(row.id) }))
}

/** The alert that stands for an edge, by its subject (edgeSubject); null when none does. */
export async function findStandingAlert(
  sql: Query,
  { environment, subject }: { readonly environment: string; readonly subject: string },
): Promise<Alert | null> {
  const [row] = await sql<AlertRow[]>`
    select alert.*, (select min(edge.id) from edge where edge.alert_id = alert.id) as edge_id
    from alert
    where environment = ${environment} and subject_hash = ${hashSubject(subject)}
      and state = any(${[...STANDING_STATES]}::text[])`
  return row ? alertOf(row) : null
}

type OpenRow = { count: number }

/** How many alerts wait in the inbox; environment null: in all. */
export async function countOpenAlerts(sql: Query, environment: string | null): Promise<number> {
  const [row] = await sql<OpenRow[]>`
    select count(*)::int as count from alert
    where state = 'open' and (${environment}::text is null or environment = ${environment})`
  return row?.count ?? 0
}

/** Ids come from URLs: what is not a number is no id of ours. */
export function isAlertId(text: string): boolean {
  return /^\d{1,18}$/.test(text)
}
