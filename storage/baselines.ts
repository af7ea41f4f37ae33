// Baselines as people act on them: approve the graph of a window, read versions. An activation
// holds the environment alone, so no commit judges by the old version after it or writes an edge
// beside it.
import { plainEntry } from '../core/baseline/content.ts'
import { edgeId } from '../core/baseline/drift.ts'
import { type Baseline, prepareBaseline } from '../core/baseline/prepare.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { nodeId } from '../core/graph/node.ts'
import { resolveNodes } from '../core/graph/resolve.ts'
import { decideAlerts, lockStandingAlerts, type StandingAlert } from './alert-record.ts'
import { appendAudit } from './audit.ts'
import { insertActiveBaseline, readEntries } from './baseline-record.ts'
import { readRecentEdgeIds } from './edges.ts'
import { lockActiveVersion, writeActiveVersion } from './environments.ts'
import { notifyChange } from './events.ts'
import { StorageError } from './failure.ts'
import { type GraphWindow, measureEdges } from './graph.ts'
import { readGroups } from './graph-groups.ts'
import { judgeEdges } from './judge.ts'
import { readServicesNamed } from './nodes.ts'
import type { Query, Sql } from './sql.ts'
import { readSegments } from './tier-state.ts'

const DAY_MS = 86_400_000

export type Approval = GraphWindow & {
  /** GraphEdge.id of the edges that were looked at; left out: all of the window. */
  readonly edgeIds?: ReadonlySet<string>
  /** Who approves: a user's e-mail address. */
  readonly author: string
  readonly reason: string
}

/**
 * Makes the graph of a window the active baseline of its environment: every edge with calls in it (or
 * those of them that were looked at), but for those whose alert was rejected. Open alerts of edges it holds become accepted.
 * Returns the new version. Errors: StorageError ENVIRONMENT_UNKNOWN, BASELINE_EMPTY.
 */
export async function approveBaseline(sql: Sql, approval: Approval): Promise<number> {
  return sql.begin(async (tx) => {
    await lockActiveVersion(tx, approval.environment)
    const standing = await lockStandingAlerts(tx, approval.environment)
    const entries = await readApprovable(tx, approval, standing)
    if (entries.length === 0) {
      const text = 'No edge had calls in this window, so there is nothing to approve.'
      throw new StorageError('BASELINE_EMPTY', text)
    }
    return activate(tx, {
      ...{ environment: approval.environment, entries, standing },
      ...{ actor: approval.author, reason: approval.reason },
      action: 'baseline.approved',
      detail: { fromMs: approval.fromMs, toMs: approval.toMs },
    })
  })
}

async function readApprovable(
  tx: Query,
  window: Approval,
  standing: readonly StandingAlert[],
): Promise<readonly EdgeKey[]> {
  const groups = await readGroups(tx, window.environment)
  const segments = await readSegments(tx, window)
  const measured = await measureEdges(tx, groups.edges, { segments, latencyEdgesMax: 0 })
  const withCalls = new Set(measured.map(({ group }) => group))
  const rejected = new Set(
    standing.filter((alert) => alert.state === 'rejected').map((alert) => edgeId(alert)),
  )
  const isInWindow = (ms: number) => ms >= window.fromMs && ms < window.toMs
  return groups.edges
    .filter(
      (group) =>
        withCalls.has(group) ||
        group.members.some((edge) => edge.calls > 0 && isInWindow(edge.lastSeenMs)),
    )
    .filter((group) => window.edgeIds?.has(String(group.id)) ?? true)
    .filter((group) => !rejected.has(edgeId(group)))
    .map(({ source, target }) => ({ source, target }))
}

export type Activation = {
  readonly environment: string
  readonly entries: readonly EdgeKey[]
  /** Alerts that wait for a decision, locked. */
  readonly standing: readonly StandingAlert[]
  readonly actor: string
  readonly reason: string
  readonly action: 'baseline.approved' | 'alert.accepted' | 'node.renamed' | 'node.forgotten'
  readonly detail: { readonly [key: string]: string | number }
}

/**
 * Stores and activates a version; the caller holds the environment (lockActiveVersion). Returns its
 * number.
 */
export async function activate(tx: Query, activation: Activation): Promise<number> {
  const { environment, entries, actor, reason } = activation
  const nowMs = Date.now()
  const version = await insertActiveBaseline(tx, {
    ...{ environment, entries, reason },
    author: actor,
    approver: actor,
  })
  await writeActiveVersion(tx, environment, version)
  const approved = new Set(entries.map(edgeId))
  const held = activation.standing.filter((alert) => approved.has(edgeId(alert)))
  const heldIds = held.map((alert) => alert.id)
  await decideAlerts(tx, heldIds, { action: 'accepted', actor, reason, nowMs })
  const edgeIds = await readRecentEdgeIds(tx, environment, nowMs - DAY_MS)
  const versions = new Map([[environment, version]])
  await judgeEdges(tx, new Map(), { edgeIds, versions, nowMs })
  await appendAudit(tx, {
    actor,
    action: activation.action,
    subject: `${environment} version ${version}`,
    detail: { ...activation.detail, reason, edges: entries.length },
  })
  await notifyChange(tx)
  return version
}

export type BaselineVersion = {
  readonly version: number
  readonly state: 'draft' | 'in_review' | 'active' | 'superseded'
  readonly author: string
  readonly approver: string | null
  readonly reason: string
  readonly createdAtMs: number
  readonly activatedAtMs: number | null
  /** Edges it holds. */
  readonly edges: number
}

type VersionRow = {
  version: number
  state: BaselineVersion['state']
  author: string
  approver: string | null
  reason: string
  created_at: Date
  activated_at: Date | null
  edges: number
}

/** All versions of an environment, the newest first. */
export async function listBaselines(
  sql: Query,
  environment: string,
): Promise<readonly BaselineVersion[]> {
  const rows = await sql<VersionRow[]>`
    select version, state, author, approver, reason, created_at, activated_at,
      (select count(*)::int from baseline_entry where baseline_id = baseline.id) as edges
    from baseline where environment = ${environment} order by version desc`
  return rows.map((row) => ({
    version: row.version,
    state: row.state,
    author: row.author,
    approver: row.approver,
    reason: row.reason,
    createdAtMs: row.created_at.getTime(),
    activatedAtMs: row.activated_at?.getTime() ?? null,
    edges: row.edges,
  }))
}

/**
 * The active baseline in resolved identities, as the judge sees it; null when none was approved.
 */
export async function readActiveBaseline(
  sql: Query,
  environment: string,
): Promise<Baseline | null> {
  const version = await readActiveVersion(sql, environment)
  if (version === null) return null
  const entries = await readEntries(sql, environment, version)
  const ends = entries.flatMap((entry) => [entry.source, entry.target])
  const services = await readServicesNamed(sql, ends)
  const stated = ends.map((node) => ({ ...node, isObserved: false }))
  const byId = new Map([...stated, ...services].map((node) => [nodeId(node), node]))
  const resolved = resolveNodes(byId.values())
  const resolve = (node: EdgeKey['source']) => resolved.get(nodeId(node)) ?? node
  const approved = entries.map(({ source, target }) =>
    plainEntry({ source: resolve(source), target: resolve(target) }),
  )
  const content = { environment, entries: approved, rules: [], nodes: [] }
  return prepareBaseline(content, { version, holdsQuarantined: false })
}

type ActiveRow = { active_version: number | null }

async function readActiveVersion(sql: Query, environment: string): Promise<number | null> {
  const [row] = await sql<ActiveRow[]>`
    select active_version from environment where name = ${environment}`
  return row?.active_version ?? null
}
