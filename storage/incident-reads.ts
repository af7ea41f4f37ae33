// Incidents as they are read: their sentence and all that follows from their alerts (how many of each state, how bad,
// whether one still waits), pages of them, and the alerts of one.
import { type AlertState, WAITING_STATES } from '../core/baseline/alert-state.ts'
import { DRIFT_KINDS, type DriftKind, SEVERITIES, type Severity } from '../core/baseline/drift.ts'
import {
  type Cause,
  type IncidentKind,
  type ToldKind,
  tellIncident,
} from '../core/baseline/incident.ts'
import type { NodeKey } from '../core/graph/node.ts'
import { type AlertEnds, endsOf } from './alert-row.ts'
import { type CauseColumns, causeOfRow } from './incident-row.ts'
import type { Query } from './sql.ts'

/** What an alert says of its incident. */
export type IncidentName = {
  readonly id: string
  readonly kind: IncidentKind
  /** What happened, in one sentence. */
  readonly sentence: string
}

export type Incident = IncidentName & {
  readonly environment: string
  /** The caller, or the external destination. */
  readonly node: NodeKey
  /** Of the caller, and when it was new, unix ms; null: no deploy. */
  readonly version: string | null
  readonly deployedMs: number | null
  /** One of its alerts waits for a decision. */
  readonly isOpen: boolean
  /** The worst of those that wait; when none does, of all. */
  readonly severity: Severity
  readonly alerts: number
  /** Absent: none. */
  readonly states: Partial<Readonly<Record<AlertState, number>>>
  /** When its first and its newest alert opened or reopened, unix ms. */
  readonly firstMs: number
  readonly lastMs: number
}

/** Where an incident stands in a list: the newest alert first. */
export type IncidentPlace = {
  /** Microseconds, as a whole number. */
  readonly lastAtUs: string
  readonly id: string
}

export type IncidentQuery = {
  /** Null: of all. */
  readonly environment: string | null
  readonly state: 'open' | 'closed' | 'all'
  readonly countMax: number
  /** Only what comes after this place. */
  readonly after?: IncidentPlace
}

type IncidentRow = CauseColumns & { id: bigint; first_at: Date; last_at: Date; last_at_us: bigint }

export async function listIncidents(
  sql: Query,
  { environment, state, countMax, after }: IncidentQuery,
): Promise<readonly (Incident & { readonly place: IncidentPlace })[]> {
  const isOpen = sql`exists (
    select from alert where incident_id = incident.id and state = any(${[...WAITING_STATES]}::text[]))`
  const rows = await sql<IncidentRow[]>`
    select *, (extract(epoch from last_at) * 1000000)::bigint as last_at_us from incident
    where (${environment}::text is null or environment = ${environment})
      and ${state === 'all' ? sql`true` : state === 'open' ? isOpen : sql`not ${isOpen}`}
      and ${
        after
          ? sql`(last_at, id) < (timestamptz 'epoch'
            + ${after.lastAtUs}::bigint * interval '1 microsecond', ${after.id}::bigint)`
          : sql`true`
      }
    order by last_at desc, id desc limit ${countMax}`
  const incidents = await complete(sql, rows)
  return rows.flatMap((row) => {
    const incident = incidents.get(String(row.id))
    const place = { lastAtUs: String(row.last_at_us), id: String(row.id) }
    return incident ? [{ ...incident, place }] : []
  })
}

/** Null: there is none. */
export async function readIncident(sql: Query, id: string): Promise<Incident | null> {
  const rows = await readRows(sql, [BigInt(id)])
  return (await complete(sql, rows)).get(id) ?? null
}

/** What alerts say of their incidents, by id. ids: may repeat. */
export async function nameIncidents(
  sql: Query,
  ids: readonly bigint[],
): Promise<ReadonlyMap<string, IncidentName>> {
  if (ids.length === 0) return new Map()
  const rows = await readRows(sql, [...new Set(ids)])
  const told = await readTold(sql, rows)
  return new Map(rows.map((row) => [String(row.id), nameOf(row, told)]))
}

function readRows(sql: Query, ids: readonly bigint[]): Promise<readonly IncidentRow[]> {
  return sql<IncidentRow[]>`
    select *, 0::bigint as last_at_us from incident where id = any(${ids.map(String)}::bigint[])`
}

type Told = ReadonlyMap<bigint, readonly ToldKind[]>

function nameOf(row: IncidentRow, told: Told): IncidentName {
  const kinds = told.get(row.id) ?? []
  const sentence = tellIncident({ cause: causeOfRow(row), kinds })
  return { id: String(row.id), kind: row.kind, sentence }
}

type CountRow = { incident_id: bigint; state: AlertState; severity: Severity; count: number }

async function complete(
  sql: Query,
  rows: readonly IncidentRow[],
): Promise<ReadonlyMap<string, Incident>> {
  if (rows.length === 0) return new Map()
  const told = await readTold(sql, rows)
  const counts = await sql<CountRow[]>`
    select incident_id, state, severity, count(*)::int as count from alert
    where incident_id = any(${rows.map(({ id }) => String(id))}::bigint[])
    group by incident_id, state, severity`
  const countsOf = Map.groupBy(counts, (row) => row.incident_id)
  return new Map(
    rows.map((row) => {
      const cause = causeOfRow(row)
      const incident = {
        ...{ ...nameOf(row, told), environment: row.environment, node: cause.node },
        ...{ version: row.version, deployedMs: row.deployed_at?.getTime() ?? null },
        ...{ ...factsOf(countsOf.get(row.id) ?? []), firstMs: row.first_at.getTime() },
        lastMs: row.last_at.getTime(),
      }
      return [incident.id, incident]
    }),
  )
}

function factsOf(
  counts: readonly CountRow[],
): Pick<Incident, 'alerts' | 'states' | 'severity' | 'isOpen'> {
  const states: Partial<Record<AlertState, number>> = {}
  for (const { state, count } of counts) states[state] = (states[state] ?? 0) + count
  const waiting = counts.filter(({ state }) => WAITING.has(state))
  const relevant = new Set((waiting.length > 0 ? waiting : counts).map(({ severity }) => severity))
  return {
    alerts: counts.reduce((sum, { count }) => sum + count, 0),
    ...{ states, isOpen: waiting.length > 0 },
    severity: SEVERITIES.find((severity) => relevant.has(severity)) ?? 'low',
  }
}

const WAITING: ReadonlySet<AlertState> = new Set(WAITING_STATES)

type ToldRow = AlertEnds & { incident_id: bigint; kind: DriftKind; total: number }
/** As many as a sentence names, the oldest first. */
const OTHERS_MAX = 3

async function readTold(sql: Query, incidents: readonly IncidentRow[]): Promise<Told> {
  const rows = await sql<ToldRow[]>`
    select * from (
      select incident_id, kind, source_environment, source_kind, source_namespace, source_name,
        target_environment, target_kind, target_namespace, target_name,
        row_number() over (partition by incident_id, kind
          order by first_at, subject collate "C") as place,
        count(*) over (partition by incident_id, kind)::int as total
      from alert
      where incident_id = any(${incidents.map(({ id }) => String(id))}::bigint[])
        and target_name is not null
    ) as told where place <= ${OTHERS_MAX} order by incident_id, kind, place`
  const kindOf = new Map(incidents.map(({ id, kind }) => [id, kind]))
  const byIncident = Map.groupBy(rows, (row) => row.incident_id)
  return new Map(
    [...byIncident].map(([id, told]) => [id, toldKinds(told, kindOf.get(id) ?? 'caller')]),
  )
}

function toldKinds(rows: readonly ToldRow[], of: Cause['kind']): readonly ToldKind[] {
  const byKind = Map.groupBy(rows, ({ kind }) => kind)
  return DRIFT_KINDS.flatMap((kind): readonly ToldKind[] => {
    const ofKind = byKind.get(kind) ?? []
    const [first] = ofKind
    if (!first) return []
    const others = ofKind.flatMap((row) => {
      const { source, target } = endsOf(row)
      const other = of === 'domain' ? source : target
      return other ? [other] : []
    })
    return [{ kind, others, total: first.total }]
  })
}
