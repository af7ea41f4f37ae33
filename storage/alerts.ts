// Alerts as people act on them: list, read, accept into the baseline, reject.
import type { AlertState } from '../core/baseline/alert-state.ts'
import { plainEntry } from '../core/baseline/content.ts'
import type { DriftKind } from '../core/baseline/drift.ts'
import type { NodeKey } from '../core/graph/node.ts'
import { type AlertEvent, readEvents } from './alert-events.ts'
import { decideAlerts } from './alert-record.ts'
import { appendAudit } from './audit.ts'
import { activate } from './baseline-activation.ts'
import { readContent } from './baseline-content.ts'
import { type EndColumns, edgeOfRow } from './end-columns.ts'
import { lockActiveVersion } from './environments.ts'
import { notifyChange } from './events.ts'
import { StorageError } from './failure.ts'
import type { Query, Sql } from './sql.ts'
import { lockStandingAlerts } from './standing-alerts.ts'

export type Alert = {
  readonly id: string
  readonly environment: string
  readonly kind: DriftKind
  readonly subject: string
  /** Resolved ends, as GraphEdge has them. */
  readonly source: NodeKey
  readonly target: NodeKey
  /** GraphEdge.id while the alert is open or rejected and its edge is stored. */
  readonly edgeId: string | null
  readonly state: AlertState
  readonly episode: number
  readonly baselineVersion: number
  readonly summary: string
  readonly reasons: readonly string[]
  readonly firstAtMs: number
  /** When its state last changed. */
  readonly lastAtMs: number
}

export type AlertQuery = {
  /** Null: of all environments. */
  readonly environment: string | null
  readonly states: readonly AlertState[]
  readonly countMax: number
}

type AlertRow = EndColumns & {
  id: bigint
  environment: string
  kind: DriftKind
  subject: string
  edge_id: bigint | null
  state: AlertState
  episode: number
  baseline_version: number
  summary: string
  reasons: string[]
  first_at: Date
  last_at: Date
}

/** The alerts whose state changed last come first. */
export async function listAlerts(sql: Query, query: AlertQuery): Promise<readonly Alert[]> {
  const rows = await sql<AlertRow[]>`
    select alert.*, (select min(edge.id) from edge where edge.alert_id = alert.id) as edge_id
    from alert
    where state = any(${query.states as AlertState[]}::text[])
      and (${query.environment}::text is null or environment = ${query.environment})
    order by last_at desc, id desc limit ${query.countMax}`
  return rows.map(alertOf)
}

/** One alert with what happened to it, oldest first; null when there is none. */
export async function readAlert(
  sql: Query,
  alertId: string,
): Promise<(Alert & { readonly events: readonly AlertEvent[] }) | null> {
  if (!isId(alertId)) return null
  const [row] = await sql<AlertRow[]>`
    select alert.*, (select min(edge.id) from edge where edge.alert_id = alert.id) as edge_id
    from alert where id = ${alertId}::bigint`
  return row ? { ...alertOf(row), events: await readEvents(sql, alertId) } : null
}

type CountRow = { count: number }

/** How many alerts wait for a decision; environment null: in all. */
export async function countOpenAlerts(sql: Query, environment: string | null): Promise<number> {
  const [row] = await sql<CountRow[]>`
    select count(*)::int as count from alert
    where state = 'open' and (${environment}::text is null or environment = ${environment})`
  return row?.count ?? 0
}

export type AlertDecision = {
  readonly alertId: string
  /** A user's e-mail address. */
  readonly actor: string
  /** Not empty. */
  readonly reason: string
}

/**
 * Accepts an open or rejected alert: a new baseline version with its edge, by this author for this
 * reason.
 * Returns the version. Errors: StorageError ALERT_UNKNOWN, ALERT_CLOSED, REASON_MISSING.
 */
export async function acceptAlert(sql: Sql, decision: AlertDecision): Promise<number> {
  requireReason(decision)
  return sql.begin(async (tx) => {
    const environment = await findEnvironment(tx, decision.alertId)
    const active = await lockActiveVersion(tx, environment)
    const standing = await lockStandingAlerts(tx, environment)
    const alert = standing.find((each) => String(each.id) === decision.alertId)
    if (!alert) throw closed()
    const former = active === null ? null : await readContent(tx, environment, active)
    const entries = [...(former?.entries ?? []), plainEntry(alert)]
    const content = { environment, entries, rules: former?.rules ?? [], nodes: [] }
    return activate(tx, {
      ...{ environment, content, actor: decision.actor, reason: decision.reason },
      ...{ origin: 'alert', action: 'alert.accepted' },
      detail: { alertId: decision.alertId },
    })
  })
}

/**
 * Rejects an open alert: its edge stays outside the baseline and does not alert again. Errors: as
 * acceptAlert.
 */
export async function rejectAlert(sql: Sql, decision: AlertDecision): Promise<void> {
  requireReason(decision)
  const { alertId, actor, reason } = decision
  await sql.begin(async (tx) => {
    const environment = await findEnvironment(tx, alertId)
    await lockActiveVersion(tx, environment)
    const standing = await lockStandingAlerts(tx, environment)
    const alert = standing.find((each) => String(each.id) === alertId)
    if (alert?.state !== 'open') throw closed()
    const nowMs = Date.now()
    await decideAlerts(tx, [alert.id], { action: 'rejected', actor, reason, nowMs })
    const detail = { environment, reason }
    await appendAudit(tx, { actor, action: 'alert.rejected', subject: `alert ${alertId}`, detail })
    await notifyChange(tx)
  })
}

function requireReason(decision: AlertDecision): void {
  if (decision.reason.trim() === '')
    throw new StorageError('REASON_MISSING', 'A decision about an alert needs a reason.')
}

function closed(): StorageError {
  return new StorageError('ALERT_CLOSED', 'This alert has been decided or withdrawn already.')
}

type EnvironmentRow = { environment: string }

async function findEnvironment(tx: Query, alertId: string): Promise<string> {
  const rows = isId(alertId)
    ? await tx<EnvironmentRow[]>`select environment from alert where id = ${alertId}::bigint`
    : []
  const row = rows[0]
  if (row) return row.environment
  throw new StorageError('ALERT_UNKNOWN', 'There is no such alert.')
}

/** Ids come from URLs: what is not a number is no id of ours. */
function isId(text: string): boolean {
  return /^\d{1,18}$/.test(text)
}

function alertOf(row: AlertRow): Alert {
  return {
    id: String(row.id),
    environment: row.environment,
    kind: row.kind,
    subject: row.subject,
    ...edgeOfRow(row),
    edgeId: row.edge_id === null ? null : String(row.edge_id),
    state: row.state,
    episode: row.episode,
    baselineVersion: row.baseline_version,
    summary: row.summary,
    reasons: row.reasons,
    firstAtMs: row.first_at.getTime(),
    lastAtMs: row.last_at.getTime(),
  }
}
