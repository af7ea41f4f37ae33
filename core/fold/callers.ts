// R5: who called a server-side span.
import type { Draft } from './draft.ts'
import * as draftWords from './draft-words.ts'
import { clientOnTop, isClientSide } from './view.ts'

const { LOST_PARENT, NO_PARENT } = draftWords

/** What callerOf gives beside the position of a client-side half. */
export const Caller = {
  /** No parent at all. */
  root: -1,
  /** The parent never came, or nothing above has a name. */
  unknown: -2,
  /** In-process nesting: no call. */
  nested: -3,
  /** The client span is missing; the span above is one of the calling service. */
  service: -4,
} as const

export function callerOf(draft: Draft, i: number): number {
  if (draft.parents[i] === NO_PARENT) return Caller.root
  const above = draft.above[i]!
  if (above === LOST_PARENT || above === NO_PARENT) return Caller.unknown
  if (isClientSide(draft, above)) return above
  const top = clientOnTop(draft, above)
  if (top >= 0) return top
  return draft.services[above] === draft.services[i] ? Caller.nested : Caller.service
}
