// Transparent services: proxies and sidecars that a user wants to see through. Their spans are spliced out of
// the trace: what lies below them hangs on what lies above, so that A -> proxy -> B is A -> B, user -> proxy
// -> B is user -> B, and a lost parent above stays lost. Where the proxy's call is the end of what is known
// (nobody answered it), that span stays, as a call of the service above: it knows where the request went.
// A call for which no service above is known stays the proxy's own: a destination is never hidden.
import * as callWords from './call-words.ts'
import type { Draft } from './draft.ts'
import * as draftWords from './draft-words.ts'
import * as options from './options.ts'
import * as shapeWords from './shape-words.ts'
import { findNamedAbove, isClientSide, viewTraces } from './view.ts'

const { Class } = callWords
const { LOST_PARENT } = draftWords
const { NESTING_MAX } = options
const { SHAPE_CALLER, SHAPE_TARGET } = shapeWords

export type Proxies = {
  /** Client-side spans that stay, for the service above. */
  readonly relays: ReadonlySet<number>
  /** The end that the outermost proxy above a span names as its caller (N3). */
  readonly callers: ReadonlyMap<number, number>
}

/** Lays out traces that count as one, their proxies spliced out. */
export function viewWithoutProxies(draft: Draft, members: readonly number[]): void {
  viewTraces(draft, members)
  if (draft.transparent.size > 0) spliceProxies(draft)
}

function spliceProxies(draft: Draft): void {
  const { count, transparent } = draft
  const services = draft.services.slice(0, count)
  const isProxy = Array.from(services, (service) => transparent.has(service))
  if (!isProxy.includes(true)) return
  const relays = findRelays(draft, isProxy)
  const callers = new Map<number, number>()
  const parents = Array.from({ length: count }, (_, i) => {
    if (isProxy[i] && !relays.has(i)) draft.classes[i] = Class.represented
    const above = climbProxies(draft, isProxy, draft.parents[i]!)
    const named = above.outermost < 0 ? -1 : draft.shapes[above.outermost]! + SHAPE_CALLER
    if (named >= 0 && draft.table.words[named]! >= 0) callers.set(i, draft.table.words[named]!)
    return above.parent
  })
  draft.parents.set(parents)
  for (let i = 0; i < count; i++)
    if (isProxy[i]) draft.services[i] = relays.has(i) ? ownerOf(services, parents, i) : -1
  draft.proxies = { relays, callers }
  findNamedAbove(draft)
}

type Above = { readonly parent: number; readonly outermost: number }

/** The first span from `at` upwards that is no proxy's, and the last proxy's span before it. */
function climbProxies(draft: Draft, isProxy: readonly boolean[], at: number): Above {
  let outermost = -1
  let parent = at
  for (let level = 0; parent >= 0 && isProxy[parent]; level++) {
    if (level === NESTING_MAX) return { parent: LOST_PARENT, outermost: -1 }
    outermost = parent
    parent = draft.parents[parent]!
  }
  return { parent, outermost }
}

/** The service above, through nameless spans; the proxy itself when there is none. */
function ownerOf(services: Int32Array, parents: readonly number[], relay: number): number {
  let at = parents[relay]!
  for (let level = 0; at >= 0 && services[at]! < 0 && level < NESTING_MAX; level++)
    at = parents[at]!
  return at >= 0 && services[at]! >= 0 ? services[at]! : services[relay]!
}

/** Calls of proxies that no span below answers, the innermost of each chain. */
function findRelays(draft: Draft, isProxy: readonly boolean[]): ReadonlySet<number> {
  const { services, parents } = draft
  const answered = new Set<number>()
  const markAbove = (i: number) => {
    let at = parents[i]!
    for (let level = 0; at >= 0 && level < NESTING_MAX; level++) {
      if (!isProxy[at] && services[at]! >= 0) return
      if (isProxy[at] && at !== i) answered.add(at)
      at = parents[at]!
    }
  }
  for (let i = 0; i < isProxy.length; i++) if (!isProxy[i] && services[i]! >= 0) markAbove(i)
  const ends = new Set<number>()
  for (let i = 0; i < isProxy.length; i++)
    if (isProxy[i] && !answered.has(i) && isForwarding(draft, i)) ends.add(i)
  for (const end of ends) markAbove(end)
  for (const above of answered) ends.delete(above)
  return ends
}

/** A sidecar's call to its own host reaches the process beside it, which has a better name elsewhere. */
function isForwarding(draft: Draft, i: number): boolean {
  const target = draft.table.words[draft.shapes[i]! + SHAPE_TARGET]!
  if (!isClientSide(draft, i) || target < 0) return false
  const { kind, name } = draft.table.ends[target]!
  return kind !== 'external' || name !== 'localhost'
}
