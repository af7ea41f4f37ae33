// Accepting alerts into baselines: one new version an environment, whatever the number of alerts. Where
// nobody may approve their own, the version is proposed and the alerts wait for it.

import {
  type AcceptedDrift,
  type Accepting,
  acceptDrifts,
  acceptPattern,
} from '../core/baseline/accept.ts'
import { STANDING_STATES } from '../core/baseline/alert-state.ts'
import type { BaselineContent, NodePattern, Notes } from '../core/baseline/content.ts'
import { type Baseline, holdingOf, type Moment, prepareBaseline } from '../core/baseline/prepare.ts'
import { noteEvents } from './alert-events.ts'
import { type AlertCondition, decideAlerts } from './alert-record.ts'
import { activate, proposeContent } from './baseline-activation.ts'
import { readContent } from './baseline-content.ts'
import { type HeldAlert, holdStanding, readConditions } from './held-alerts.ts'
import { createJudgeCache, readInventory, resolveContent } from './prepared-baselines.ts'
import type { Query } from './sql.ts'
import type { Done, Refused, TriageResult } from './triage.ts'
import type { AlertChange } from './triage-record.ts'

export type Pattern = { readonly source: NodePattern; readonly target: NodePattern }

export type Acceptance = Pick<Notes, 'purpose' | 'owner' | 'ticket' | 'expiresAtMs'> & {
  /** Null: just these edges. Else an allow rule, which must hold each of them. */
  readonly pattern: Pattern | null
}

export type MadeVersion = {
  readonly environment: string
  /** What it began from; null when nothing was active. */
  readonly from: number | null
  readonly version: number
  readonly state: 'active' | 'in_review'
}

export type AcceptRequest = Acceptance & {
  /** Held. */
  readonly alerts: readonly HeldAlert[]
  /** Active versions of their environments, held. */
  readonly versions: ReadonlyMap<string, number | null>
  readonly isProposal: boolean
  readonly actor: string
  readonly reason: string
  readonly nowMs: number
}

/** Accepts what the new content holds, and refuses the rest by itself. */
export async function acceptAlerts(tx: Query, request: AcceptRequest): Promise<Done> {
  const groups = Map.groupBy(request.alerts, (alert) => alert.environment)
  const done: Done[] = []
  for (const [environment, alerts] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
    done.push(await acceptIn(tx, request, { environment, alerts }))
  return {
    changes: done.flatMap((each) => each.changes),
    results: done.flatMap((each) => each.results),
    versions: done.flatMap((each) => each.versions),
  }
}

type Group = { readonly environment: string; readonly alerts: readonly HeldAlert[] }

async function acceptIn(tx: Query, request: AcceptRequest, group: Group): Promise<Done> {
  const { environment } = group
  const from = request.versions.get(environment) ?? null
  const content = (from !== null && (await readContent(tx, environment, from))) || {
    ...{ environment, entries: [], rules: [], nodes: [] },
  }
  const tags = await readInventory(tx, createJudgeCache())
  const wished = withAccepted(content, request, group.alerts)
  const baseline = prepareBaseline(await resolveContent(tx, wished), {
    ...{ version: null, holdsQuarantined: false },
  })
  const moment = { nowMs: request.nowMs, tags }
  const refused = group.alerts.flatMap((alert): readonly Refused[] => {
    const why = findMiss(alert, request.pattern, { baseline, moment })
    const { id: alertId } = alert
    return why === null ? [] : [{ alertId, outcome: 'refused', code: 'ALERT_NOT_HELD', why }]
  })
  const refusedIds = new Set(refused.map((each) => each.alertId))
  const alerts = group.alerts.filter((alert) => !refusedIds.has(alert.id))
  if (alerts.length === 0) return { changes: [], results: refused, versions: [] }
  const next = refused.length === 0 ? wished : withAccepted(content, request, alerts)
  const step = { environment, from, content: next, alerts }
  const done = request.isProposal
    ? await proposeStep(tx, request, step)
    : await activateStep(tx, request, step)
  return { ...done, results: [...done.results, ...refused] }
}

function withAccepted(
  content: BaselineContent,
  request: AcceptRequest,
  alerts: readonly HeldAlert[],
): BaselineContent {
  const { purpose, owner, ticket, expiresAtMs, pattern, nowMs } = request
  // '' is whoever approves the version.
  const approver = request.isProposal ? '' : request.actor
  const accepting: Accepting = { notes: { purpose, owner, ticket, approver, expiresAtMs }, nowMs }
  if (pattern) return acceptPattern(content, pattern, accepting)
  return acceptDrifts(content, alerts.map(driftOf), accepting)
}

function driftOf(alert: HeldAlert): AcceptedDrift {
  const { kind, source, target, ruleId, news, isEncrypted } = alert
  const edge = target && { source, target }
  return { kind, edge, node: edge ? null : source, ruleId, news, isEncrypted }
}

/** Why the content would not settle an alert; null when it does. */
function findMiss(
  { kind, source, target }: HeldAlert,
  pattern: Pattern | null,
  { baseline, moment }: { readonly baseline: Baseline; readonly moment: Moment },
): string | null {
  if (target === null)
    return pattern && 'A rule is about edges, and this service has none: accept it by itself.'
  if (pattern && kind === 'downgraded')
    return 'A rule does not say how calls are encrypted: accept the edge itself.'
  const { deniedBy, holders } = holdingOf({ source, target }, baseline, moment)
  if (deniedBy && pattern)
    return `The rule ${deniedBy.id} denies this edge: accept the edge itself, as an exception.`
  if (deniedBy) return `The rule ${deniedBy.id} denies this edge, too: change that rule first.`
  return holders.length > 0 ? null : 'The pattern does not match this edge.'
}

type Step = Group & { readonly from: number | null; readonly content: BaselineContent }

async function activateStep(tx: Query, request: AcceptRequest, step: Step): Promise<Done> {
  const { environment, content, from } = step
  const { actor, reason, nowMs } = request
  const asked = step.alerts.map((alert) => alert.key)
  const ids = await holdStanding(tx, environment)
  const before = await readConditions(tx, ids)
  const version = await activate(tx, {
    ...{ environment, content, actor, reason, origin: 'alert' },
    ...{ action: 'baseline.approved', detail: { alerts: asked.length } },
  })
  // What no stored edge stands behind, the judge does not come by: a service alone, or an old edge.
  const forsaken = await findForsaken(tx, asked)
  if (forsaken.length > 0)
    await decideAlerts(tx, forsaken, { action: 'accepted', actor, reason, nowMs })
  const after = await readConditions(tx, ids)
  return {
    changes: changesOf({ ids, asked, before, after }),
    results: step.alerts.map((alert): TriageResult => {
      const state = after.get(alert.key)?.state ?? alert.state
      return { alertId: alert.id, outcome: 'done', state }
    }),
    versions: [{ environment, from, version, state: 'active' }],
  }
}

type IdRow = { id: bigint }

async function findForsaken(tx: Query, ids: readonly bigint[]): Promise<readonly bigint[]> {
  const rows = await tx<IdRow[]>`
    select id from alert
    where id = any(${ids.map(String)}::bigint[]) and state = any(${[...STANDING_STATES]}::text[])
      and not exists (select from edge where edge.alert_id = alert.id)`
  return rows.map((row) => row.id)
}

async function proposeStep(tx: Query, request: AcceptRequest, step: Step): Promise<Done> {
  const { environment, content, from, alerts } = step
  const { actor, reason, nowMs } = request
  const ids = alerts.map((alert) => alert.key)
  const version = await proposeContent(tx, {
    ...{ environment, content, actor, reason, origin: 'alert' },
    ...{ action: 'baseline.proposed', detail: { alerts: ids.length } },
  })
  await noteEvents(tx, ids, { action: 'proposed', actor, reason, nowMs, detail: { version } })
  return {
    changes: alerts.map(({ key: alertId, condition }) => {
      return { alertId, before: condition, after: condition }
    }),
    results: alerts.map(({ id: alertId, state }) => ({ alertId, outcome: 'proposed', state })),
    versions: [{ environment, from, version, state: 'in_review' }],
  }
}

type Compared = {
  readonly ids: readonly bigint[]
  readonly asked: readonly bigint[]
  readonly before: ReadonlyMap<bigint, AlertCondition>
  readonly after: ReadonlyMap<bigint, AlertCondition>
}

/** Of the alerts asked for, and of others that the version settled or raised. */
function changesOf({ ids, asked, before, after }: Compared): readonly AlertChange[] {
  const isAsked = new Set(asked)
  return ids.flatMap((alertId) => {
    const [was, is] = [before.get(alertId), after.get(alertId)]
    if (!was || !is) return []
    const isOther = was.state !== is.state || was.episode !== is.episode
    return isOther || isAsked.has(alertId) ? [{ alertId, before: was, after: is }] : []
  })
}
