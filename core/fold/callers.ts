// R5: who called a server-side span.
import {
  clientOnTop,
  isClientSide,
  LOST_PARENT,
  NO_PARENT,
  nearestNamed,
  type TraceView,
} from './view.ts'

export type Caller =
  /** `span` is the client-side half. */
  | { readonly kind: 'client'; readonly span: number }
  /** The client span is missing; a span of `service` is above. */
  | { readonly kind: 'service'; readonly service: number }
  /** In-process nesting below `span`: no call. */
  | { readonly kind: 'nested'; readonly span: number }
  /** No parent at all. */
  | { readonly kind: 'root' }
  /** The parent never came, or nothing above has a name. */
  | { readonly kind: 'unknown' }

export function callerOf(view: TraceView, i: number): Caller {
  if (view.parents[i] === NO_PARENT) return { kind: 'root' }
  const above = nearestNamed(view, i)
  if (above === LOST_PARENT || above === NO_PARENT) return { kind: 'unknown' }
  if (isClientSide(view.shapes[above]!)) return { kind: 'client', span: above }
  const top = clientOnTop(view, above)
  if (top >= 0) return { kind: 'client', span: top }
  const service = view.services[above]!
  return service === view.services[i]
    ? { kind: 'nested', span: above }
    : { kind: 'service', service }
}
