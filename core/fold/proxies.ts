// Transparent services: proxies and sidecars that a user wants to see through. Their spans are spliced out of
// the trace: what lies below them hangs on what lies above, so that A -> proxy -> B is A -> B, user -> proxy
// -> B is user -> B, and a lost parent above stays lost. Where the proxy's call is the end of what is known
// (nobody answered it), that span stays, as a call of the service above: it knows where the request went.
// A call for which no service above is known stays the proxy's own: a destination is never hidden.
import { NESTING_MAX } from './options.ts'
import type { Shape, ShapeTable } from './shape.ts'
import { isClientSide, LOST_PARENT, type TraceView } from './view.ts'

export type Proxies = {
  /** Spans that are taken out; they have no service any more. */
  readonly spliced: ReadonlySet<number>
  /** Client-side spans that stay, for the service above. */
  readonly relays: ReadonlySet<number>
  /** The caller that the outermost proxy above a span names (N3). */
  readonly callers: ReadonlyMap<number, string>
}

/** The view without its proxies, or itself when there are none. */
export function spliceProxies(table: ShapeTable, view: TraceView): TraceView {
  const { services, parents, shapes } = view
  const isProxy = services.map((service) => table.transparent.has(service))
  if (!isProxy.includes(true)) return view
  const relays = findRelays(view, isProxy)
  const callers = new Map<number, string>()
  const spliced = new Set<number>()
  const parentsAbove = parents.map((parent, i) => {
    if (isProxy[i] && !relays.has(i)) spliced.add(i)
    const above = climbProxies(view, isProxy, parent)
    const outermost = above.outermost < 0 ? '' : shapes[above.outermost]!.caller
    if (outermost !== '') callers.set(i, outermost)
    return above.parent
  })
  const owners = services.map((service, i) => {
    if (!isProxy[i]) return service
    return relays.has(i) ? ownerOf(services, parentsAbove, i) : -1
  })
  return {
    ...view,
    parents: parentsAbove,
    services: owners,
    proxies: { spliced, relays, callers },
  }
}

type Above = { readonly parent: number; readonly outermost: number }

/** The first span from `at` upwards that is no proxy's, and the last proxy's span before it. */
function climbProxies(view: TraceView, isProxy: readonly boolean[], at: number): Above {
  let outermost = -1
  let parent = at
  for (let level = 0; parent >= 0 && isProxy[parent]; level++) {
    if (level === NESTING_MAX) return { parent: LOST_PARENT, outermost: -1 }
    outermost = parent
    parent = view.parents[parent]!
  }
  return { parent, outermost }
}

/** The service above, through nameless spans; the proxy itself when there is none. */
function ownerOf(services: readonly number[], parents: readonly number[], relay: number): number {
  let at = parents[relay]!
  for (let level = 0; at >= 0 && services[at]! < 0 && level < NESTING_MAX; level++)
    at = parents[at]!
  return at >= 0 && services[at]! >= 0 ? services[at]! : services[relay]!
}

/** Calls of proxies that no span below answers, the innermost of each chain. */
function findRelays(view: TraceView, isProxy: readonly boolean[]): ReadonlySet<number> {
  const answered = new Set<number>()
  const markAbove = (i: number) => {
    let at = view.parents[i]!
    for (let level = 0; at >= 0 && level < NESTING_MAX; level++) {
      if (!isProxy[at] && view.services[at]! >= 0) return
      if (isProxy[at] && at !== i) answered.add(at)
      at = view.parents[at]!
    }
  }
  for (let i = 0; i < isProxy.length; i++) if (!isProxy[i] && view.services[i]! >= 0) markAbove(i)
  const ends = new Set<number>()
  for (let i = 0; i < isProxy.length; i++)
    if (isProxy[i] && !answered.has(i) && isForwarding(view.shapes[i]!)) ends.add(i)
  for (const end of ends) markAbove(end)
  for (const above of answered) ends.delete(above)
  return ends
}

/** A sidecar's call to its own host reaches the process beside it, which has a better name elsewhere. */
function isForwarding(shape: Shape): boolean {
  const { target } = shape
  if (!isClientSide(shape) || target === null) return false
  return target.kind !== 'external' || target.name !== 'localhost'
}
