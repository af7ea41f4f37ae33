// A digest as people take it in: not what happened one after the other, but which alerts there are, by incident,
// and what became of each in between.
import type { AlertNotice, DigestNotice, IncidentFacts, Notice, NoticeAct } from '../notice.ts'

/** One episode of an alert, as far as the digest tells of it. */
export type DigestAlert = {
  /** The last that happened: with the alert as it was then. */
  readonly last: AlertNotice
  /** In order; at least one. */
  readonly acts: readonly NoticeAct[]
  /** Opened within the digest: nothing told of it before. */
  readonly isOpened: boolean
  /** Opened and ended within the digest. */
  readonly isOver: boolean
  /** For somebody to look at. */
  readonly isWaiting: boolean
}

type DigestGroup = {
  readonly incident: IncidentFacts | null
  readonly alerts: readonly DigestAlert[]
}

export type DigestView = {
  /** In the order of their first notice; what has no incident comes last, as one. */
  readonly groups: readonly DigestGroup[]
  readonly alerts: readonly DigestAlert[]
  /** Notices that the digest counts and does not hold. */
  readonly noticesLeftOut: number
}

export function viewDigest({ notices, noticesTotal }: DigestNotice): DigestView {
  const episodes = new Map<string, DigestAlert>()
  for (const last of notices) {
    const { alert, act } = last
    const key = `${alert.id}.${alert.episode}`
    const acts = [...(episodes.get(key)?.acts ?? []), act]
    const isOpened = acts[0] === 'open'
    const isOver = isOpened && act === 'resolve'
    const isWaiting = act === 'open' || act === 'escalate'
    episodes.set(key, { last, acts, isOpened, isOver, isWaiting })
  }
  const alerts = [...episodes.values()]
  const groups = Map.groupBy(alerts, ({ last }) => last.alert.incident?.id ?? null)
  const loose = groups.get(null) ?? []
  groups.delete(null)
  return {
    groups: [
      ...[...groups.values()].map((each) => ({
        incident: each.at(-1)!.last.alert.incident,
        alerts: each,
      })),
      ...(loose.length === 0 ? [] : [{ incident: null, alerts: loose }]),
    ],
    alerts,
    noticesLeftOut: Math.max(0, noticesTotal - notices.length),
  }
}

/**
 * What a service is told that keeps alerts itself. single: each about an alert of its own there. summary: one for all
 * that waits, for a digest must not become a hundred pages.
 */
export type Steps = { readonly single: readonly AlertNotice[]; readonly summary: Notice | null }

export function stepsOf(notice: Notice): Steps {
  if (notice.type === 'alert') return { single: [notice], summary: null }
  if (notice.type !== 'digest') return { single: [], summary: notice }
  const { alerts } = viewDigest(notice)
  // What opened within the digest has no alert of its own there.
  const known = alerts.filter(({ isOpened, isWaiting }) => !isOpened && !isWaiting)
  return {
    single: known.map(({ last }) => last),
    summary: alerts.some(({ isWaiting }) => isWaiting) ? notice : null,
  }
}
