// Takes an act of triage back, as one: alerts get their former condition, and where it was an
// acceptance, each environment a new version without what was accepted. Only the last act on each of
// its alerts, and only while nothing newer says otherwise.
import { revertStep } from '../core/baseline/accept.ts'
import type { BaselineContent } from '../core/baseline/content.ts'
import { noteEvents } from './alert-events.ts'
import { type AlertCondition, writeConditions } from './alert-record.ts'
import { activate } from './baseline-activation.ts'
import { readContent } from './baseline-content.ts'
import { withdrawVersion } from './baseline-drafts.ts'
import { StorageError } from './failure.ts'
import { type Held, holdAlerts, readConditions } from './held-alerts.ts'
import type { Query, Sql } from './sql.ts'
import { isStorable } from './storable.ts'
import type { TriageOutcome, TriagePolicy } from './triage.ts'
import type { MadeVersion } from './triage-accept.ts'
import { recordAct } from './triage-log.ts'
import {
  type AlertChange,
  findLastActs,
  readAct,
  readChanges,
  type StoredAct,
} from './triage-record.ts'

export type UndoRequest = {
  readonly actId: string
  /** Who undoes it: a user's e-mail address. */
  readonly actor: string
  /** May be empty. */
  readonly reason: string
  readonly nowMs: number
}

/**
 * Undoes an act of anybody. Errors: StorageError ACT_UNKNOWN, ACT_UNDONE, ACT_KEPT (it is not undone at
 * all), ACT_OVERTAKEN (something newer depends on it; the message says what), SELF_APPROVAL_FORBIDDEN,
 * TEXT_UNSTORABLE.
 */
export async function undoTriage(
  sql: Sql,
  request: UndoRequest,
  policy: TriagePolicy,
): Promise<TriageOutcome> {
  if (!isStorable(request.reason))
    throw new StorageError('TEXT_UNSTORABLE', 'The reason holds NUL or half a character.')
  return sql.begin(async (tx): Promise<TriageOutcome> => {
    const { act, changes, held } = await holdAct(tx, request.actId)
    const lastActs = await findLastActs(
      tx,
      changes.map((change) => change.alertId),
    )
    const obstacle = findObstacle({ act, changes, held, lastActs })
    if (obstacle) throw obstacle
    const formers = await restore(tx, request, { act, changes, held })
    const versions = await takeVersionsBack(tx, request, { act, held, policy })
    const { actor, reason, nowMs: atMs } = request
    const undo = { action: 'undo' as const, actor, reason, atMs, undoes: act.id, versions }
    const now = await readConditions(
      tx,
      formers.map((former) => former.alertId),
    )
    const done = formers.map((former): AlertChange => {
      return { ...former, after: now.get(former.alertId) ?? former.after }
    })
    const undoId = await recordAct(tx, { ...undo, detail: { undone: act.action } }, done)
    const results = done.map(({ alertId, after: { state } }) => {
      return { alertId: String(alertId), outcome: 'done' as const, state }
    })
    return { actId: String(undoId), results, versions }
  })
}

type HeldAct = {
  readonly act: StoredAct
  readonly changes: readonly AlertChange[]
  readonly held: Held
}

/** An act with its alerts, held; read again after that, because another may have been undoing it. */
async function holdAct(tx: Query, id: string): Promise<HeldAct> {
  const actId = /^\d{1,18}$/.test(id) ? BigInt(id) : null
  const changes = actId === null ? [] : await readChanges(tx, actId)
  const held = await holdAlerts(
    tx,
    changes.map((change) => String(change.alertId)),
  )
  const act = actId === null ? null : await readAct(tx, actId)
  if (act && changes.length > 0) return { act, changes, held }
  throw new StorageError('ACT_UNKNOWN', 'There is no such act, or its alerts are gone.')
}

type Situation = HeldAct & { readonly lastActs: ReadonlyMap<bigint, bigint> }

function findObstacle({ act, changes, held, lastActs }: Situation): StorageError | null {
  if (act.action === 'comment')
    return new StorageError('ACT_KEPT', 'A comment is not undone: add another that says better.')
  if (act.action === 'undo')
    return new StorageError('ACT_KEPT', 'An undo is not undone: do again what it took back.')
  if (act.isUndone) return new StorageError('ACT_UNDONE', 'Somebody has undone this already.')
  for (const { alertId, after } of changes) {
    const alert = held.alerts.get(String(alertId))
    if (!alert) continue
    const overtaken = (why: string) => new StorageError('ACT_OVERTAKEN', `Alert ${alertId} ${why}`)
    if (lastActs.get(alertId) !== act.id)
      return overtaken('was acted on again since: undo that first.')
    if (!isAsLeft(act, alert.condition, after))
      return overtaken(`is ${alert.state} by now, which was not this act: decide it anew.`)
  }
  return null
}

function isAsLeft(act: StoredAct, now: AlertCondition, left: AlertCondition): boolean {
  if (act.action === 'assign') return now.assignee === left.assignee
  const isSameTime = now.snoozedUntilMs === left.snoozedUntilMs
  return now.state === left.state && now.episode === left.episode && isSameTime
}

/** Gives alerts back the condition they had, but for what other acts have changed of it. */
async function restore(
  tx: Query,
  { actor, reason, nowMs }: UndoRequest,
  { act, changes, held }: HeldAct,
): Promise<readonly AlertChange[]> {
  const formers = changes.flatMap(({ alertId, before }): readonly AlertChange[] => {
    const alert = held.alerts.get(String(alertId))
    if (!alert) return []
    const { assignee, ...rest } = before
    const part = act.action === 'assign' ? { assignee } : rest
    return [{ alertId, before: alert.condition, after: { ...alert.condition, ...part } }]
  })
  await writeConditions(
    tx,
    formers.map(({ alertId: id, after: condition }) => ({ id, condition })),
  )
  const ids = formers.map((former) => former.alertId)
  const detail = { undone: act.action }
  await noteEvents(tx, ids, { action: 'undone', actor, reason, nowMs, detail })
  return formers
}

type Undoing = {
  readonly act: StoredAct
  readonly held: Held
  readonly policy: TriagePolicy
}

async function takeVersionsBack(
  tx: Query,
  request: UndoRequest,
  { act, held, policy }: Undoing,
): Promise<readonly MadeVersion[]> {
  const { actor } = request
  const reason = request.reason.trim() || `Undone: ${act.reason}`
  const made: MadeVersion[] = []
  for (const { environment, version, state, from } of act.versions) {
    if (!held.versions.has(environment)) continue // it was removed, alerts and baseline and all
    if (state === 'in_review') {
      await withdrawVersion(tx, { environment, version, actor, reason, expectedRevision: null })
      continue
    }
    if (policy.selfApproval === 'forbidden') throw needsReview(environment)
    const active = held.versions.get(environment) ?? null
    const content = await revert(tx, { environment, from, version, active })
    const next = await activate(tx, {
      ...{ environment, content, actor, reason, origin: 'alert' },
      ...{ action: 'baseline.approved', detail: { undoes: version } },
    })
    made.push({ environment, from: active, version: next, state: 'active' })
  }
  return made
}

function needsReview(environment: string): StorageError {
  const text = `Another person must approve this: propose a version of ${environment} without it.`
  return new StorageError('SELF_APPROVAL_FORBIDDEN', text)
}

type Reverting = Pick<MadeVersion, 'environment' | 'from' | 'version'> & {
  readonly active: number | null
}

async function revert(
  tx: Query,
  { environment, from, version, active }: Reverting,
): Promise<BaselineContent> {
  const read = async (wanted: number | null): Promise<BaselineContent> =>
    (wanted !== null && (await readContent(tx, environment, wanted))) || {
      ...{ environment, entries: [], rules: [], nodes: [] },
    }
  const step = { before: await read(from), after: await read(version) }
  const reverted = revertStep(await read(active), step)
  if (reverted.ok) return reverted.content
  const { edge, ruleId } = reverted
  const what = edge ? `${edge.source.name} → ${edge.target.name}` : `the rule ${ruleId}`
  const text = `Version ${active} of ${environment} says otherwise about ${what}: change it there.`
  throw new StorageError('ACT_OVERTAKEN', text)
}
