// Alerts as the pages and /api/v1/alerts hand them out: plain data, times in unix ms, ids as text.
import type { AlertAction, AlertState, PastDecision } from '../../core/baseline/alert-state.ts'
import type { DriftKind, News, Reaches, Severity } from '../../core/baseline/drift.ts'
import type { Exemplar } from '../../core/graph/edge.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import type { Surroundings } from '../../core/graph/surroundings.ts'
import type { Told } from '../notifications/notification-view.ts'
import type { IncidentName } from './incident-view.ts'

export type AlertView = {
  readonly id: string
  readonly environment: string
  readonly kind: DriftKind
  readonly severity: Severity
  readonly state: AlertState
  /** Null unless it is snoozed. */
  readonly snoozedUntilMs: number | null
  /** A user's e-mail address; null: nobody's. */
  readonly assignee: string | null
  readonly summary: string
  /** What speaks for its being something bad, and what against. */
  readonly reasons: readonly string[]
  readonly reasonsAgainst: readonly string[]
  readonly source: NodeKey
  /** Null: about a service without edges, which is the source. */
  readonly target: NodeKey | null
  /** The version it was judged against. */
  readonly baselineVersion: number
  readonly ruleId: string | null
  readonly reaches: Reaches
  readonly news: News
  readonly firstMs: number
  readonly lastMs: number
  readonly episode: number
  /** Of its episode; null: it is from before there were incidents. */
  readonly incident: IncidentName | null
}

/** One line of an alert's history. */
export type AlertEventView = {
  readonly id: string
  readonly atMs: number
  readonly action: AlertAction
  readonly actor: string
  readonly reason: string
  readonly detail: { readonly [key: string]: unknown }
}

/** The last act on an alert that could be undone, together with the other alerts of it. */
export type UndoableAct = {
  readonly id: string
  readonly action: 'accept' | 'reject' | 'snooze' | 'assign'
  readonly actor: string
  readonly atMs: number
  readonly alerts: number
}

export type AlertDetail = AlertView & {
  readonly events: readonly AlertEventView[]
  /** The edge as it is now; null when it is gone. */
  readonly edgeId: string | null
  readonly exemplar: Exemplar | null
  readonly similar: readonly PastDecision[]
  /** What lies around its edge now; null when it is about a service without edges. */
  readonly surroundings: Surroundings | null
  readonly lastAct: UndoableAct | null
  /** To whom it was told, the newest first. */
  readonly told: readonly Told[]
}

/** Absent: none. */
export type StateCounts = { readonly [state in AlertState]?: number }
