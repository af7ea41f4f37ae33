// A node of the service-communication graph and its identity (DESIGN section 1).

export const NODE_KINDS = ['service', 'database', 'messaging', 'external', 'user'] as const
export type NodeKind = (typeof NODE_KINDS)[number]

/** Identity of a node. `namespace` is '' when there is none; only services have one. */
export type NodeKey = {
  readonly environment: string
  readonly kind: NodeKind
  readonly namespace: string
  readonly name: string
}

/** One string for one node, usable as a Map key. NUL cannot occur in a decoded name. */
export function nodeId(node: NodeKey): string {
  return `${node.environment}\0${node.kind}\0${node.namespace}\0${node.name}`
}

/** Order of `graph --format json`: kind, name, namespace, environment, by code unit. */
export function compareNodes(a: NodeKey, b: NodeKey): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.name, b.name) ||
    compareText(a.namespace, b.namespace) ||
    compareText(a.environment, b.environment)
  )
}

/** By code unit, whatever the locale, so that equal graphs print equal bytes everywhere. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
