// Makes the alerts of an environment say what was found: opens those that are missing, reopens decided ones as a new
// episode, changes the kind of those that stand. Run again with the same drifts it does nothing.
import { isWorseKind } from '../core/baseline/drift.ts'
import { noteEvents, SYSTEM_ACTOR } from './alert-events.ts'
import {
  insertAlerts,
  type KnownAlert,
  lockAlertsAbout,
  type Rewriting,
  rewriteAlerts,
} from './alert-record.ts'
import { type FoundDrift, hashSubject } from './drift-columns.ts'
import type { Query } from './sql.ts'

export type Raised = {
  /** The alert that now stands for a subject. */
  readonly ids: ReadonlyMap<string, bigint>
  /** Alerts that were opened, reopened or escalated. */
  readonly toldIds: readonly bigint[]
}

type Happened = 'reopened' | 'escalated' | 'reclassified' | null
type Change = Rewriting & { readonly happened: Happened }

/** drifts: all of one environment, each subject once. */
export async function raiseAlerts(
  tx: Query,
  drifts: readonly FoundDrift[],
  nowMs: number,
): Promise<Raised> {
  const [first] = drifts
  if (!first) return { ids: new Map(), toldIds: [] }
  const opened = await insertAlerts(tx, drifts, nowMs)
  const byHash = new Map(drifts.map((drift) => [hashSubject(drift.subject), drift]))
  const others = [...byHash.keys()].filter((hash) => !opened.has(hash))
  const known = others.length > 0 ? await lockAlertsAbout(tx, first.environment, others) : []
  const changes = known.flatMap((alert) => {
    const drift = byHash.get(alert.subjectHash)
    return drift ? [changeOf(alert, drift)] : []
  })
  if (changes.length > 0) await rewriteAlerts(tx, changes, nowMs)
  const by = { actor: SYSTEM_ACTOR, reason: '', nowMs }
  await noteEvents(tx, [...opened.values()], { action: 'opened', ...by })
  for (const action of ['reopened', 'escalated', 'reclassified'] as const) {
    const ids = changes.filter(({ happened }) => happened === action).map(({ id }) => id)
    await noteEvents(tx, ids, { action, ...by })
  }
  const idOf = new Map([...opened, ...known.map((each) => [each.subjectHash, each.id] as const)])
  return {
    ids: new Map(
      drifts.flatMap(({ subject }) => {
        const id = idOf.get(hashSubject(subject))
        return id === undefined ? [] : [[subject, id] as const]
      }),
    ),
    toldIds: [
      ...opened.values(),
      ...changes.flatMap(({ id, happened }) =>
        happened === 'reopened' || happened === 'escalated' ? [id] : [],
      ),
    ],
  }
}

/**
 * A decided alert whose drift is there again reopens. A worse kind is told again, and ends a snooze; a rejected one
 * stays rejected.
 */
function changeOf(alert: KnownAlert, drift: FoundDrift): Change {
  const { id, state, episode } = alert
  const stays = { id, drift, state, episode }
  switch (state) {
    case 'accepted':
    case 'withdrawn':
    case 'recovered':
      return { ...stays, state: 'open', episode: episode + 1, happened: 'reopened' }
    case 'rejected':
      return { ...stays, happened: null }
    default:
      if (alert.kind === drift.kind) return { ...stays, happened: null }
      if (!isWorseKind(drift.kind, alert.kind)) return { ...stays, happened: 'reclassified' }
      return { ...stays, state: 'open', happened: 'escalated' }
  }
}
