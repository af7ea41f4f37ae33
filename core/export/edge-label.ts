// Edges and nodes in the words of reports, one line each, whatever is in their names.
import { nameOf, quote } from '../baseline/sentence.ts'
import type { EdgeKey } from '../graph/edge.ts'
import type { NodeKey } from '../graph/node.ts'

/** `checkout`, `shop/checkout`, `database postgresql:orders`; with its environment where that is another one. */
export function labelNode(node: NodeKey, environment: string): string {
  const name = nameOf(node)
  const place = node.environment === environment ? '' : ` (environment ${quote(node.environment)})`
  const isPlain = node.kind === 'service' || node.kind === 'user'
  return `${isPlain ? name : `${node.kind} ${name}`}${place}`
}

export function labelEdge({ source, target }: EdgeKey, environment: string): string {
  return `${labelNode(source, environment)} -> ${labelNode(target, environment)}`
}
