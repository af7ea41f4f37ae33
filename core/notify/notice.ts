// What is told about alerts, before it is put into the words of a channel (payload/). A notice is stored when it is
// planned, so that each try of a delivery says the same, whatever became of the alert meanwhile.
import type { DriftKind, Severity } from '../baseline/drift.ts'
import type { NodeKey } from '../graph/node.ts'

/** What became of an alert: it opened (again), got worse, was rejected, or needs nobody any more. */
export const NOTICE_ACTS = ['open', 'escalate', 'reject', 'resolve'] as const
export type NoticeAct = (typeof NOTICE_ACTS)[number]

/** Alerts with one cause. */
export type IncidentFacts = { readonly id: string; readonly sentence: string }

/** An alert as it was when the notice was planned. Every text in it may come from a span: hostile. */
export type AlertFacts = {
  readonly id: string
  readonly environment: string
  readonly kind: DriftKind
  readonly severity: Severity
  readonly episode: number
  readonly source: NodeKey
  /** Null: about a service without edges, source. */
  readonly target: NodeKey | null
  readonly summary: string
  readonly reasons: readonly string[]
  readonly reasonsAgainst: readonly string[]
  /** Of either end, each once; routes go by them. */
  readonly owners: readonly string[]
  readonly dataClasses: readonly string[]
  readonly exposures: readonly string[]
  readonly layers: readonly string[]
  /** Classes of data that the edge lets be reached. */
  readonly reachedClasses: readonly string[]
  readonly baselineVersion: number
  readonly ruleId: string | null
  readonly traceId: string | null
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly incident: IncidentFacts | null
}

type Told = {
  /**
   * Idempotency key: the same for every try of one delivery, another for every other one; receivers tell
   * repetitions by it. Letters, digits, dots and dashes.
   */
  readonly key: string
  /** When it happened, unix ms. */
  readonly atMs: number
}

export type AlertNotice = Told & {
  readonly type: 'alert'
  readonly act: NoticeAct
  /** Who decided and why, or what happened by itself; '' when the alert says it all. */
  readonly why: string
  readonly alert: AlertFacts
}

/** What came together in quiet hours or a digest, the oldest first, by alert in the order it happened. */
export type DigestNotice = Told & {
  readonly type: 'digest'
  readonly fromMs: number
  readonly toMs: number
  /** At most DIGEST_NOTICES_MAX; the total is not bounded. */
  readonly notices: readonly AlertNotice[]
  readonly noticesTotal: number
}
export const DIGEST_NOTICES_MAX = 100

/** More alerts in a day than the environment's target. */
export type BudgetNotice = Told & {
  readonly type: 'budget'
  readonly environment: string
  /** yyyy-mm-dd in the environment's zone. */
  readonly day: string
  readonly zone: string
  readonly alerts: number
  readonly target: number
}

export type TestNotice = Told & {
  readonly type: 'test'
  readonly channel: string
  /** Who asked for it. */
  readonly actor: string
}

export const NOTICE_TYPES = ['alert', 'digest', 'budget', 'test'] as const
export type NoticeType = (typeof NOTICE_TYPES)[number]

export type Notice = AlertNotice | DigestNotice | BudgetNotice | TestNotice
