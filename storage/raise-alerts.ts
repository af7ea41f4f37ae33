// Makes the alerts of an environment say what was found: opens those that are missing, reopens decided ones as a new
// episode, changes the kind of those that stand. Run again with the same drifts it does nothing.
import { isWorseKind } from '../core/baseline/drift.ts'
import { durationOf, FLAPS_MIN, flapWindowMs, stateOnReturn } from '../core/baseline/recovery.ts'
import { countRecoveries, noteEvents, SYSTEM_ACTOR } from './alert-events.ts'
import {
  insertAlerts,
  type KnownAlert,
  lockAlertsAbout,
  type Rewriting,
  rewriteAlerts,
} from './alert-record.ts'
import { type FoundDrift, hashSubject, lastSight } from './drift-columns.ts'
import { readSettings } from './environments.ts'
import { placeAlerts, type RaisedAlert } from './incidents.ts'
import type { Query } from './sql.ts'

export type Raised = {
  /** The alert that now stands for a subject, or has recovered. */
  readonly ids: ReadonlyMap<string, bigint>
  /** Alerts that were opened, reopened or escalated. */
  readonly toldIds: readonly bigint[]
}

type Happened = 'reopened' | 'flapping' | 'escalated' | 'reclassified'
/** isBack: it had recovered, and was seen again. */
type Change = Rewriting & { readonly happened: Happened | null; readonly isBack: boolean }

/** drifts: all of one environment, each subject once. */
export async function raiseAlerts(
  tx: Query,
  drifts: readonly FoundDrift[],
  nowMs: number,
): Promise<Raised> {
  const [first] = drifts
  if (!first) return { ids: new Map(), toldIds: [] }
  const place = { environment: first.environment, nowMs }
  const opened = await insertAlerts(tx, drifts, nowMs)
  const byHash = new Map(drifts.map((drift) => [hashSubject(drift.subject), drift]))
  const others = [...byHash.keys()].filter((hash) => !opened.has(hash))
  const known = others.length > 0 ? await lockAlertsAbout(tx, first.environment, others) : []
  const flaps = await judgeReturns(tx, place, known, byHash)
  const changes = known.flatMap((alert) => {
    const drift = byHash.get(alert.subjectHash)
    return drift ? [changeOf(alert, drift, flaps)] : []
  })
  if (changes.length > 0) await rewriteAlerts(tx, changes, nowMs)
  const began = [
    ...openedAlerts(opened, byHash),
    ...changes.filter(({ happened }) => begins(happened)),
  ]
  if (began.length > 0) await placeAlerts(tx, place, began)
  await noteChanges(tx, { openedIds: [...opened.values()], changes, flaps, nowMs })
  const idOf = new Map([...opened, ...known.map((each) => [each.subjectHash, each.id] as const)])
  const escalated = changes.filter(({ happened }) => happened === 'escalated')
  return {
    ids: new Map(
      drifts.flatMap(({ subject }) => {
        const id = idOf.get(hashSubject(subject))
        return id === undefined ? [] : [[subject, id] as const]
      }),
    ),
    toldIds: [...began, ...escalated].map(({ id }) => id),
  }
}

function openedAlerts(
  opened: ReadonlyMap<string, bigint>,
  byHash: ReadonlyMap<string, FoundDrift>,
): readonly RaisedAlert[] {
  return [...opened].flatMap(([hash, id]) => {
    const drift = byHash.get(hash)
    return drift ? [{ id, drift, isBack: false }] : []
  })
}

/** A new episode. */
function begins(happened: Change['happened']): boolean {
  return happened === 'reopened' || happened === 'flapping'
}

/** Alerts that come back too often to be told each time, and how long they must be quiet. */
type Flaps = { readonly ids: ReadonlySet<bigint>; readonly windowMs: number }
const NO_FLAPS: Flaps = { ids: new Set(), windowMs: 0 }

async function judgeReturns(
  tx: Query,
  { environment, nowMs }: { readonly environment: string; readonly nowMs: number },
  known: readonly KnownAlert[],
  byHash: ReadonlyMap<string, FoundDrift>,
): Promise<Flaps> {
  const back = known.filter((alert) => hasReturned(alert, byHash.get(alert.subjectHash)))
  const settings = back.length > 0 ? await readSettings(tx, environment) : null
  if (!settings) return NO_FLAPS
  const windowMs = flapWindowMs(settings.recoverAfterMs)
  const ids = back.map(({ id }) => id)
  const recoveries = await countRecoveries(tx, ids, nowMs - windowMs)
  const isFlap = (id: bigint) => stateOnReturn(recoveries.get(id) ?? 0) === 'flapping'
  return { ids: new Set(ids.filter(isFlap)), windowMs }
}

/** What an activation or a tag brings up again was not seen again. */
function hasReturned({ quietSinceMs }: KnownAlert, drift: FoundDrift | undefined): boolean {
  return quietSinceMs !== null && drift !== undefined && lastSight(drift) > quietSinceMs
}

/**
 * A decided alert whose drift is there again reopens; one that has recovered, when it is seen again. A worse kind is told
 * again, and ends a snooze; a rejected one stays rejected.
 */
function changeOf(alert: KnownAlert, drift: FoundDrift, flaps: Flaps): Change {
  const { id, state, episode } = alert
  const stays = { id, drift, state, episode, happened: null, isBack: false }
  const begun = { ...stays, episode: episode + 1 }
  switch (state) {
    case 'accepted':
    case 'withdrawn':
      return { ...begun, state: 'open', happened: 'reopened' }
    case 'recovered':
      if (!hasReturned(alert, drift)) return stays
      if (flaps.ids.has(id))
        return { ...begun, state: 'flapping', happened: 'flapping', isBack: true }
      return { ...begun, state: 'open', happened: 'reopened', isBack: true }
    case 'rejected':
      return stays
    default:
      if (alert.kind === drift.kind) return stays
      if (!isWorseKind(drift.kind, alert.kind)) return { ...stays, happened: 'reclassified' }
      return { ...stays, state: 'open', happened: 'escalated' }
  }
}

type Noting = {
  readonly openedIds: readonly bigint[]
  readonly changes: readonly Change[]
  readonly flaps: Flaps
  readonly nowMs: number
}

async function noteChanges(tx: Query, { openedIds, changes, flaps, nowMs }: Noting): Promise<void> {
  const by = { actor: SYSTEM_ACTOR, reason: '', nowMs }
  await noteEvents(tx, openedIds, { action: 'opened', ...by })
  for (const action of ['reopened', 'escalated', 'reclassified'] as const) {
    const ids = changes.filter((each) => each.happened === action && !each.isBack)
    await noteEvents(
      tx,
      ids.map(({ id }) => id),
      { action, ...by },
    )
  }
  const back = changes.filter(({ happened, isBack }) => happened === 'reopened' && isBack)
  const reason = 'It was seen again after it had recovered.'
  await noteEvents(
    tx,
    back.map(({ id }) => id),
    { action: 'reopened', ...by, reason },
  )
  const within = durationOf(flaps.windowMs)
  await noteEvents(tx, [...flaps.ids], {
    ...{ action: 'flapping', ...by },
    reason: `It recovered and came back ${FLAPS_MIN} times within ${within}; it is not told again until it stays away for as long.`,
  })
}
