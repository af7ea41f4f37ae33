// R9: nested client-side spans of one service that are the same call count once. Nesting alone must
// not hide a second destination.
import { type CallDraft, isAnswered } from './calls.ts'
import { NESTING_MAX } from './options.ts'
import { Role } from './role.ts'
import type { Shape } from './shape.ts'
import { isClientSide, nearestNamed } from './view.ts'

/** Marks the client-side spans that another one stands for. Answers must be known. */
export function representNested(draft: CallDraft): void {
  const { view } = draft
  for (let inner = 0; inner < view.rows.length; inner++) {
    if (!isClientSide(view.shapes[inner]!) || view.services[inner]! < 0) continue
    // A proxy's call is no nested span of the service it stands for.
    if (view.proxies?.relays.has(inner)) continue
    let outer = nearestNamed(view, inner)
    for (let level = 0; level < NESTING_MAX && outer >= 0; level++) {
      if (view.services[outer] !== view.services[inner] || outer === inner) break
      const shape = view.shapes[outer]!
      if (isClientSide(shape)) compareNested(draft, outer, inner)
      else if (shape.role !== Role.internal) break
      outer = nearestNamed(view, outer)
    }
  }
}

function compareNested(draft: CallDraft, outer: number, inner: number): void {
  const { view } = draft
  const outerShape = view.shapes[outer]!
  const innerShape = view.shapes[inner]!
  if (!isAnswered(draft, inner)) {
    if (
      hasSameTarget(outerShape, innerShape) ||
      hasSameHost(outerShape, innerShape) ||
      isTransport(outerShape, innerShape)
    )
      draft.represented.add(inner)
    return
  }
  const targetKind = outerShape.target?.kind
  const isStore = targetKind === 'database' || targetKind === 'messaging'
  if (
    hasSameTarget(outerShape, innerShape) ||
    (!isStore && (namesAnswerer(draft, outerShape, inner) || hasSameHost(outerShape, innerShape)))
  )
    draft.represented.add(outer)
}

/** (a), first half. */
function hasSameTarget(outer: Shape, inner: Shape): boolean {
  return (
    outer.target !== null &&
    outer.target.kind === inner.target?.kind &&
    outer.target.name === inner.target.name
  )
}

/** (a), second half: the outer one names the service that answered the inner one. */
function namesAnswerer(draft: CallDraft, outer: Shape, inner: number): boolean {
  if (outer.target?.kind !== 'service') return false
  const { name } = outer.target
  const answers = draft.answers.get(inner) ?? []
  return answers.some((service) => draft.serviceNames(service) === name)
}

/** (b): the inner one is the transport of the outer one to the same host. */
function hasSameHost(outer: Shape, inner: Shape): boolean {
  if (inner.isDatabase || inner.isMessaging) return false
  if (outer.host === '' || outer.host !== inner.host) return false
  return outer.port === 0 || inner.port === 0 || outer.port === inner.port
}

/** (c): a layered call without a host over a plain call to an external host. */
function isTransport(outer: Shape, inner: Shape): boolean {
  return (
    outer.isLayered &&
    outer.host === '' &&
    !inner.isLayered &&
    inner.host !== '' &&
    inner.target?.kind === 'external'
  )
}
