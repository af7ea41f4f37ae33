// Canonical identities, decided when a graph is read or judged and never in the fold, because they
// depend on what else is known (DESIGN section 3):
// - a service name that only peers state becomes the one service of that name in its environment;
// - an external host becomes its registrable domain, private suffixes included, so that a vendor's
//   hundred hosts are one node and a tenant's bucket is one of its own.
import { getDomain } from 'tldts'
import { type NodeKey, nodeId } from './node.ts'

export type ResolvableNode = NodeKey & { readonly isObserved: boolean }

/** Maps nodeId(node) to the canonical identity, for every node given. Shapes: any order; total. */
export function resolveNodes(nodes: Iterable<ResolvableNode>): Map<string, NodeKey> {
  const all = [...nodes]
  const services = servicesByName(all)
  const resolved = new Map<string, NodeKey>()
  for (const node of all) resolved.set(nodeId(node), resolveNode(node, services))
  return resolved
}

/**
 * The registrable domain of a host, by the Public Suffix List with its private part; IP addresses,
 * single labels and unlisted suffixes stay as they are.
 */
export function externalDomain(host: string): string {
  return getDomain(host, { allowPrivateDomains: true }) ?? host
}

function servicesByName(nodes: readonly ResolvableNode[]): Map<string, NodeKey[]> {
  const services = new Map<string, NodeKey[]>()
  for (const node of nodes) {
    if (node.kind !== 'service' || !node.isObserved) continue
    const key = `${node.environment}\0${node.name}`
    const known = services.get(key)
    if (known) known.push(node)
    else services.set(key, [node])
  }
  return services
}

function resolveNode(node: ResolvableNode, services: Map<string, NodeKey[]>): NodeKey {
  const { environment, kind, namespace, name } = node
  if (kind === 'external') return { environment, kind, namespace, name: externalDomain(name) }
  if (kind === 'service' && namespace === '' && !node.isObserved) {
    const candidates = services.get(`${environment}\0${name}`)
    const only = candidates?.length === 1 ? candidates[0] : undefined
    if (only) return { environment, kind, namespace: only.namespace, name }
  }
  return { environment, kind, namespace, name }
}
