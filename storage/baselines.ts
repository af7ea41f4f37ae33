// Baselines as people act on them in one go: approve the graph of a window, roll back, promote; and how versions are
// read. Drafts are in baseline-drafts.ts.
import type { BaselineContent, BaselineEntry } from '../core/baseline/content.ts'
import { edgeId } from '../core/baseline/drift.ts'
import { learnBaseline } from '../core/baseline/learn.ts'
import { moveEnvironment } from '../core/baseline/move-environment.ts'
import type { Baseline } from '../core/baseline/prepare.ts'
import { appendAudit } from './audit.ts'
import { activate, proposeContent, type SelfApproval, storeDraft } from './baseline-activation.ts'
import { describeChange } from './baseline-audit.ts'
import { readContent } from './baseline-content.ts'
import {
  readWriters,
  requireReason,
  requireVersionContent,
  type VersionState,
} from './baseline-drafts.ts'
import { type ListedVersion, listVersions } from './baseline-record.ts'
import { lockActiveVersion } from './environments.ts'
import { notifyChange } from './events.ts'
import { StorageError } from './failure.ts'
import type { GraphWindow } from './graph.ts'
import { createJudgeCache, prepareActive } from './prepared-baselines.ts'
import type { Query, Sql } from './sql.ts'
import { lockStandingAlerts } from './standing-alerts.ts'
import { readEvidence } from './window-evidence.ts'

export type Approval = GraphWindow & {
  /** GraphEdge.id of the edges that were looked at; left out: all of the window. */
  readonly edgeIds?: ReadonlySet<string>
  /** Who approves: a user's e-mail address. */
  readonly author: string
  readonly reason: string
  /** Left out: allowed. Forbidden, the version waits for somebody else. */
  readonly selfApproval?: SelfApproval
}

export type Decided = Pick<VersionState, 'version' | 'state'>

/**
 * Makes the graph of a window the active baseline of its environment: every edge with calls in it (or those of them that
 * were looked at) and every service without edges, but for edges whose alert was rejected. What was said of an edge
 * and the rules stay. Nothing is put in quarantine: somebody looked at it. Errors: StorageError ENVIRONMENT_UNKNOWN,
 * BASELINE_EMPTY.
 */
export async function approveBaseline(sql: Sql, approval: Approval): Promise<Decided> {
  const { environment, author: actor, reason, selfApproval = 'allowed' } = approval
  return sql.begin(async (tx) => {
    const active = await lockActiveVersion(tx, environment)
    const former = active === null ? null : await readContent(tx, environment, active)
    const content = await readApprovable(tx, approval, former)
    const { fromMs, toMs } = approval
    return decide(tx, selfApproval, {
      ...{ environment, content, actor, reason, origin: 'window' },
      ...{ action: 'baseline.approved', detail: { fromMs, toMs } },
    })
  })
}

async function decide(
  tx: Query,
  selfApproval: SelfApproval,
  activation: Parameters<typeof activate>[1],
): Promise<Decided> {
  if (selfApproval === 'allowed')
    return { version: await activate(tx, activation), state: 'active' }
  return { version: await proposeContent(tx, activation), state: 'in_review' }
}

async function readApprovable(
  tx: Query,
  window: Approval,
  former: BaselineContent | null,
): Promise<BaselineContent> {
  const { environment } = window
  const standing = await lockStandingAlerts(tx, environment)
  const rejected = new Set(
    standing.filter((alert) => alert.state === 'rejected').map((alert) => edgeId(alert)),
  )
  const pins = { protocols: false, operations: false, ports: false }
  const evidence = await readEvidence(tx, window)
  const left = new Set(
    evidence.edges.filter(({ id }) => window.edgeIds && !window.edgeIds.has(id)).map(edgeId),
  )
  const learned = learnBaseline(evidence, { environment, window, pins })
  const said = new Map(former?.entries.map((entry) => [edgeId(entry), entry]))
  const nowMs = Date.now()
  const entries = learned.entries
    .filter((entry) => !rejected.has(edgeId(entry)) && !left.has(edgeId(entry)))
    .map((entry) => approveEntry(said.get(edgeId(entry)) ?? entry, nowMs))
  if (entries.length === 0) {
    const text = 'No edge had calls in this window, so there is nothing to approve.'
    throw new StorageError('BASELINE_EMPTY', text)
  }
  return { environment, entries, rules: former?.rules ?? [], nodes: [] }
}

/** Looked at and approved: not in doubt any more, and for good where its time had come. */
function approveEntry(entry: BaselineEntry, nowMs: number): BaselineEntry {
  const { expiresAtMs } = entry
  const isOver = expiresAtMs !== null && expiresAtMs <= nowMs
  return { ...entry, quarantine: [], expiresAtMs: isOver ? null : expiresAtMs }
}

export type RollBack = {
  readonly environment: string
  /** Whose content is to be active again. */
  readonly version: number
  readonly actor: string
  readonly reason: string
  readonly selfApproval: SelfApproval
}

/**
 * Makes a new version with the content of an old one: history is never rewritten. Errors: StorageError
 * ENVIRONMENT_UNKNOWN, BASELINE_UNKNOWN, REASON_MISSING.
 */
export async function rollBack(sql: Sql, wanted: RollBack): Promise<Decided> {
  const { environment, version, actor, reason, selfApproval } = wanted
  requireReason(reason)
  return sql.begin(async (tx) => {
    const from = await lockActiveVersion(tx, environment)
    const content = await requireVersionContent(tx, environment, version)
    const writers = await readWriters(tx, environment, version)
    return decide(tx, selfApproval, {
      ...{ environment, content, actor, reason, origin: 'rollback', writers },
      ...{ action: 'baseline.rolledBack', detail: { from, to: version } },
    })
  })
}

export type Promotion = {
  readonly environment: string
  readonly version: number
  readonly toEnvironment: string
  readonly actor: string
  readonly title: string
  readonly reason: string
}

/**
 * Makes a draft in another environment with the content of a version; what names the one environment names the other.
 * Errors: StorageError ENVIRONMENT_UNKNOWN, ENVIRONMENT_SAME, BASELINE_UNKNOWN, REASON_MISSING.
 */
export async function promoteBaseline(sql: Sql, promotion: Promotion): Promise<VersionState> {
  const { environment, version, toEnvironment, actor, title, reason } = promotion
  requireReason(reason)
  if (environment === toEnvironment)
    throw new StorageError('ENVIRONMENT_SAME', 'A version is promoted to another environment.')
  return sql.begin(async (tx) => {
    await lockActiveVersion(tx, toEnvironment)
    const content = await requireVersionContent(tx, environment, version)
    const moved = moveEnvironment(content, toEnvironment)
    const stored = await storeDraft(tx, {
      ...{ environment: toEnvironment, content: moved, actor, reason, title, origin: 'promotion' },
      writers: await readWriters(tx, environment, version),
    })
    await appendAudit(tx, {
      ...{ actor, action: 'baseline.promoted' },
      subject: `${toEnvironment} version ${stored.version}`,
      detail: { from: `${environment} version ${version}`, reason, ...describeChange(null, moved) },
    })
    await notifyChange(tx)
    return { version: stored.version, state: stored.state, revision: stored.revision }
  })
}

/** So many as nobody reads; a page of listVersions is what a list is read by. */
const VERSIONS_MAX = 1_000

/** The versions of an environment, the newest first. */
export async function listBaselines(
  sql: Query,
  environment: string,
): Promise<readonly ListedVersion[]> {
  return listVersions(sql, { environment, limit: VERSIONS_MAX, after: null })
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
  return (await prepareActive(sql, createJudgeCache(), environment, version)).baseline
}

type ActiveRow = { active_version: number | null }

/** Null: none was approved yet. */
export async function readActiveVersion(sql: Query, environment: string): Promise<number | null> {
  const [row] = await sql<ActiveRow[]>`
    select active_version from environment where name = ${environment}`
  return row?.active_version ?? null
}
