// The states of an alert, and which of them mean that it stands for its edge. Source: DESIGN
// section 4. recovered and flapping are for edges that went and came back (recovery.ts).
import type { NodeKey } from '../graph/node.ts'
import type { DriftKind } from './drift.ts'

export const ALERT_STATES = [
  ...(['open', 'snoozed', 'accepted', 'rejected', 'recovered', 'flapping', 'withdrawn'] as const),
] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** An alert in one of these stands for its edge, so that no second one is raised. */
export const STANDING_STATES = ['open', 'snoozed', 'flapping', 'rejected'] as const
/** Those that wait for a decision. */
export const WAITING_STATES = ['open', 'snoozed', 'flapping'] as const

/** What happens to an alert, for its history: by itself, or by a person. */
export const ALERT_ACTIONS = [
  ...(['opened', 'reopened', 'escalated', 'reclassified', 'withdrawn'] as const),
  ...(['recovered', 'flapping'] as const),
  ...(['accepted', 'proposed', 'rejected', 'snoozed', 'assigned', 'commented', 'undone'] as const),
] as const
export type AlertAction = (typeof ALERT_ACTIONS)[number]

/** What alerts may have in common. domain: an external destination. */
export const SIMILAR_AS = ['source', 'target', 'domain', 'kind'] as const
export type SimilarAs = (typeof SIMILAR_AS)[number]

/** What was decided about an alert like one, which is another. Ends are resolved identities. */
export type PastDecision = {
  readonly alertId: string
  readonly environment: string
  readonly kind: DriftKind
  readonly source: NodeKey
  readonly target: NodeKey | null
  /** What it has in common. domain: an external destination, also when another environment calls it. */
  readonly sharedWith: readonly SimilarAs[]
  readonly outcome: 'accepted' | 'rejected'
  readonly actor: string
  readonly reason: string
  readonly atMs: number
}
