// Which events of an alert are worth telling, as which act, and in which words. What opened and was resolved before
// its turn came is not told at all: nobody could do anything about it.
import type { AlertAction, AlertState } from '../baseline/alert-state.ts'
import type { NoticeAct } from './notice.ts'

/** Something that happened to an alert, as its history has it (alert_event). */
export type AlertHappening = {
  readonly eventId: string
  readonly alertId: string
  readonly action: AlertAction
  /** Of an undo, the act that it took back, in the words of triage; null otherwise. */
  readonly undone: string | null
  /** A user's e-mail address; null: no person did it. */
  readonly actor: string | null
  /** What was said about it; '' when nothing. */
  readonly reason: string
  readonly atMs: number
}

/** A happening that is told. */
export type ToldHappening = AlertHappening & { readonly act: NoticeAct }

/** An undo is told by the state that it brought back. state: of the alert, now. Null: it is not told. */
export function actOf(
  { action, undone }: Pick<AlertHappening, 'action' | 'undone'>,
  state: AlertState,
): NoticeAct | null {
  switch (action) {
    case 'opened':
    case 'reopened':
    case 'flapping':
      return 'open'
    case 'escalated':
      return 'escalate'
    case 'rejected':
      return 'reject'
    case 'accepted':
    case 'withdrawn':
    case 'recovered':
      return 'resolve'
    case 'undone':
      return undone === 'accept' || undone === 'reject' ? ACT_OF_STATE[state] : null
    default:
      return null
  }
}

const ACT_OF_STATE: { readonly [state in AlertState]: NoticeAct } = {
  open: 'open',
  snoozed: 'open',
  flapping: 'open',
  rejected: 'reject',
  accepted: 'resolve',
  recovered: 'resolve',
  withdrawn: 'resolve',
}

/**
 * Of what happened to one alert since its last turn, in order, what is told: nothing from before its last resolve, and
 * no escalation of what opens anyway. A resolve comes first, then; it is told only to whom the alert was told before.
 */
export function tellOf(
  happenings: readonly AlertHappening[],
  state: AlertState,
): readonly ToldHappening[] {
  const told: ToldHappening[] = []
  for (const happening of happenings) {
    const act = actOf(happening, state)
    if (act === null) continue
    if (act === 'resolve') told.length = 0
    if (act !== 'escalate' || told.at(-1)?.act !== 'open') told.push({ ...happening, act })
  }
  return told
}

const BY_ITSELF: { readonly [action in AlertAction]?: string } = {
  escalated: 'It got worse.',
  flapping: 'It comes and goes.',
  recovered: 'It was not seen any more.',
  withdrawn: 'What came later disproved it.',
}
const BY_PERSON: { readonly [action in AlertAction]?: string } = {
  accepted: 'Accepted',
  rejected: 'Rejected',
  reopened: 'Reopened',
  undone: 'Undone',
}

/** Who decided and why, or what happened by itself; '' when the alert says it all. One line of text. */
export function whyOf({ action, actor, reason }: AlertHappening): string {
  const said = reason.replace(/\s+/g, ' ').trim()
  if (actor === null) return said || (BY_ITSELF[action] ?? '')
  const done = `${BY_PERSON[action] ?? 'Done'} by ${actor}`
  return said === '' ? `${done}.` : `${done}: ${said}`
}
