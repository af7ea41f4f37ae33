// A name from a span, as text and nothing else: isolated in its direction, hidden characters visible.
import { displayName } from '../../core/graph/label.ts'

export function Name({ children }: { readonly children: string }) {
  return <bdi>{displayName(children)}</bdi>
}
