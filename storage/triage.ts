// What people do about alerts, one or many at once: accept, reject, snooze, assign, comment. One
// transaction, one act that can be undone as one (triage-undo.ts), one record in the audit. An alert
// that an act does not fit is refused by itself, with a code and in words; the others are done.
import {
  type AlertAction,
  type AlertState,
  STANDING_STATES,
  WAITING_STATES,
} from '../core/baseline/alert-state.ts'
import { noteEvents } from './alert-events.ts'
import { type AlertCondition, writeConditions } from './alert-record.ts'
import type { JsonValue } from './audit.ts'
import type { SelfApproval } from './baseline-activation.ts'
import { StorageError } from './failure.ts'
import { type Held, type HeldAlert, holdAlerts } from './held-alerts.ts'
import type { Query, Sql } from './sql.ts'
import { isStorable } from './storable.ts'
import { type Acceptance, acceptAlerts, type MadeVersion } from './triage-accept.ts'
import { recordAct } from './triage-log.ts'
import type { AlertChange } from './triage-record.ts'

export const ALERTS_AN_ACT_MAX = 1_000
const SNOOZE_MAX_MS = 366 * 24 * 3_600_000

export type TriageChoice =
  | { readonly action: 'accept'; readonly acceptance: Acceptance }
  | { readonly action: 'reject' }
  /** Unix ms, in the future. */
  | { readonly action: 'snooze'; readonly untilMs: number }
  /** A user's e-mail address; null: to nobody. */
  | { readonly action: 'assign'; readonly assignee: string | null }
  /** The reason is the comment. */
  | { readonly action: 'comment' }

export type TriageRequest = TriageChoice & {
  /** At most ALERTS_AN_ACT_MAX; may repeat. */
  readonly alertIds: readonly string[]
  /** Who: a user's e-mail address. */
  readonly actor: string
  /** Not empty, but for an assignment. */
  readonly reason: string
  readonly nowMs: number
}

export type TriagePolicy = {
  /** 'forbidden': who accepts only proposes, and another person has to approve the version. */
  readonly selfApproval: SelfApproval
}

export type Refused = {
  readonly alertId: string
  readonly outcome: 'refused'
  readonly code: 'ALERT_UNKNOWN' | 'ALERT_CLOSED' | 'ALERT_NOT_HELD'
  /** One sentence for a person. */
  readonly why: string
}
export type TriageResult =
  | { readonly alertId: string; readonly outcome: 'done'; readonly state: AlertState }
  /** It waits until somebody else approves the version. */
  | { readonly alertId: string; readonly outcome: 'proposed'; readonly state: AlertState }
  | Refused

export type TriageOutcome = {
  /** What can be undone; null when nothing was done. */
  readonly actId: string | null
  /** In the order asked, each alert once. */
  readonly results: readonly TriageResult[]
  /** One an environment, when something was accepted. */
  readonly versions: readonly MadeVersion[]
}

/**
 * Does one act to alerts of any environments. Errors: StorageError REASON_MISSING, TEXT_UNSTORABLE,
 * ALERTS_TOO_MANY, SNOOZE_UNTIL, ACCEPT_UNTIL, USER_UNKNOWN.
 */
export async function triageAlerts(
  sql: Sql,
  request: TriageRequest,
  policy: TriagePolicy,
): Promise<TriageOutcome> {
  checkRequest(request)
  return sql.begin(async (tx): Promise<TriageOutcome> => {
    if (request.action === 'assign') await requireUser(tx, request.assignee)
    const held = await holdAlerts(tx, request.alertIds)
    const ids = [...new Set(request.alertIds)]
    const misfits = ids.flatMap((id) => refuse(request, id, held.alerts.get(id)) ?? [])
    const refusedIds = new Set(misfits.map((refused) => refused.alertId))
    const fitting = [...held.alerts.values()].filter((alert) => !refusedIds.has(alert.id))
    const done = await doAct(tx, request, { held, fitting, policy })
    const results = new Map([...misfits, ...done.results].map((each) => [each.alertId, each]))
    const isDone = done.results.some((result) => result.outcome !== 'refused')
    const { action, actor, reason, nowMs } = request
    const act = { action, actor, reason, detail: detailOf(request), atMs: nowMs }
    const actId = isDone
      ? await recordAct(tx, { ...act, versions: done.versions, undoes: null }, done.changes)
      : null
    return {
      actId: actId === null ? null : String(actId),
      results: ids.flatMap((id) => results.get(id) ?? []),
      versions: done.versions,
    }
  })
}

export type Done = {
  /** Of every alert that the act concerns, asked for or not. */
  readonly changes: readonly AlertChange[]
  /** Of those asked for. */
  readonly results: readonly TriageResult[]
  readonly versions: readonly MadeVersion[]
}

type Fitting = {
  readonly held: Held
  readonly fitting: readonly HeldAlert[]
  readonly policy: TriagePolicy
}

function doAct(
  tx: Query,
  request: TriageRequest,
  { held, fitting, policy }: Fitting,
): Done | Promise<Done> {
  if (fitting.length === 0) return { changes: [], results: [], versions: [] }
  if (request.action !== 'accept') return changeAlerts(tx, request, fitting)
  const { acceptance, actor, reason, nowMs } = request
  const isProposal = policy.selfApproval === 'forbidden'
  const { versions } = held
  return acceptAlerts(tx, {
    ...acceptance,
    alerts: fitting,
    versions,
    isProposal,
    actor,
    reason,
    nowMs,
  })
}

/** Everything but an acceptance: no baseline changes with it. */
async function changeAlerts(
  tx: Query,
  request: Exclude<TriageRequest, { action: 'accept' }>,
  alerts: readonly HeldAlert[],
): Promise<Done> {
  const changes = alerts.map((alert): AlertChange => {
    const { key: alertId, condition: before } = alert
    return { alertId, before, after: conditionAfter(request, before) }
  })
  if (request.action !== 'comment')
    await writeConditions(
      tx,
      changes.map(({ alertId: id, after: condition }) => ({ id, condition })),
    )
  const { actor, reason, nowMs } = request
  const happening = { action: EVENTS[request.action], actor, reason, nowMs }
  const ids = changes.map((change) => change.alertId)
  await noteEvents(tx, ids, { ...happening, detail: detailOf(request) })
  const results = changes.map(({ alertId, after: { state } }) => {
    return { alertId: String(alertId), outcome: 'done' as const, state }
  })
  return { changes, results, versions: [] }
}

const EVENTS: {
  readonly [action in Exclude<TriageChoice['action'], 'accept'>]: AlertAction
} = { reject: 'rejected', snooze: 'snoozed', assign: 'assigned', comment: 'commented' }

function conditionAfter(
  request: Exclude<TriageRequest, { action: 'accept' }>,
  before: AlertCondition,
): AlertCondition {
  const { nowMs: lastAtMs } = request
  switch (request.action) {
    case 'reject':
      return { ...before, state: 'rejected', snoozedUntilMs: null, lastAtMs }
    case 'snooze':
      return { ...before, state: 'snoozed', snoozedUntilMs: request.untilMs, lastAtMs }
    case 'assign':
      return { ...before, assignee: request.assignee }
    case 'comment':
      return before
  }
}

/** What was chosen, for histories and the audit. */
function detailOf(request: TriageRequest): { readonly [key: string]: JsonValue } {
  switch (request.action) {
    case 'accept': {
      const { expiresAtMs, pattern, purpose, owner, ticket } = request.acceptance
      const wanted = pattern && { source: pattern.source, target: pattern.target }
      return { expiresAtMs, pattern: wanted as JsonValue, purpose, owner, ticket }
    }
    case 'snooze':
      return { untilMs: request.untilMs }
    case 'assign':
      return { assignee: request.assignee }
    default:
      return {}
  }
}

const FITTING_STATES: {
  readonly [action in TriageChoice['action']]: readonly AlertState[] | null
} = {
  accept: STANDING_STATES,
  reject: WAITING_STATES,
  snooze: WAITING_STATES,
  assign: null,
  comment: null,
}

function refuse(
  { action }: TriageRequest,
  alertId: string,
  alert: HeldAlert | undefined,
): Refused | null {
  const refused = { alertId, outcome: 'refused' } as const
  if (!alert) return { ...refused, code: 'ALERT_UNKNOWN', why: 'There is no such alert.' }
  if (FITTING_STATES[action]?.includes(alert.state) ?? true) return null
  const isDecided = alert.state === 'accepted' || alert.state === 'rejected'
  const why = isDecided
    ? `This alert is ${alert.state} already: undo that first, or leave it.`
    : `This alert is ${alert.state}: nothing strays any more, so there is nothing to decide.`
  return { ...refused, code: 'ALERT_CLOSED', why }
}

function checkRequest(request: TriageRequest): void {
  const { action, alertIds, reason, nowMs } = request
  if (action !== 'assign' && reason.trim() === '')
    throw new StorageError('REASON_MISSING', 'Say why, or what there is to say.')
  if (!textsOf(request).every(isStorable))
    throw new StorageError('TEXT_UNSTORABLE', 'A text holds NUL or half a character.')
  if (alertIds.length > ALERTS_AN_ACT_MAX)
    throw new StorageError('ALERTS_TOO_MANY', `At most ${ALERTS_AN_ACT_MAX} alerts at once.`)
  if (action === 'snooze' && !(request.untilMs > nowMs && request.untilMs <= nowMs + SNOOZE_MAX_MS))
    throw new StorageError('SNOOZE_UNTIL', 'Snooze until a time to come, within a year.')
  const expiresAtMs = action === 'accept' ? request.acceptance.expiresAtMs : null
  if (expiresAtMs !== null && !(expiresAtMs > nowMs))
    throw new StorageError('ACCEPT_UNTIL', 'Accept until a time to come, or for good.')
}

function textsOf(request: TriageRequest): readonly string[] {
  const { reason, actor } = request
  if (request.action === 'assign') return [reason, actor, request.assignee ?? '']
  if (request.action !== 'accept') return [reason, actor]
  const { purpose, owner, ticket, pattern } = request.acceptance
  return [reason, actor, purpose, owner, ticket, ...textsIn(pattern)]
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

async function requireUser(tx: Query, email: string | null): Promise<void> {
  if (email === null) return
  const [user] = await tx`select from "user" where email = ${email}`
  if (!user)
    throw new StorageError('USER_UNKNOWN', 'Nobody with this e-mail address has an account.')
}
