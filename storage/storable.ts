// Text that Postgres can hold. NUL and lone surrogates cannot be stored; decode never lets them
// through, but one such name must not stop every commit after it. A cleaned name gets a hash of
// what it was, so that two names stay two.
import { createHash } from 'node:crypto'
import type { EdgeDelta, Exemplar, GraphDelta, NodeDelta } from '../core/graph/edge.ts'

/** The same delta with storable texts; itself when all are. */
export function storableDelta(delta: GraphDelta): GraphDelta {
  const texts = function* () {
    for (const node of delta.nodes)
      yield* [
        ...[node.environment, node.namespace, node.name, ...node.versions],
        ...node.tags.map((tag) => tag.value),
      ]
    for (const edge of delta.edges) {
      yield* edge.hosts
      for (const bucket of edge.buckets) yield bucket.operation
      for (const exemplar of edge.exemplars) yield exemplar.operation
    }
    for (const trace of delta.exemplars)
      for (const span of trace.spans) yield* [span.service, span.operation]
  }
  for (const text of texts()) if (!isStorable(text)) return cleanDelta(delta)
  return delta
}

/** Whether Postgres takes it as text. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function clean(text: string): string {
  if (isStorable(text)) return text
  const digest = createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex')
  return `${text.toWellFormed().replaceAll('\0', '\uFFFD')}…#${digest.slice(0, 8)}`
}

function cleanDelta(delta: GraphDelta): GraphDelta {
  return {
    nodes: delta.nodes.map(cleanNode),
    edges: delta.edges.map(cleanEdge),
    exemplars: delta.exemplars.map(cleanTrace),
  }
}

function cleanNode(node: NodeDelta): NodeDelta {
  return {
    ...node,
    environment: clean(node.environment),
    namespace: clean(node.namespace),
    name: clean(node.name),
    versions: node.versions.map(clean),
    tags: node.tags.map((tag) => ({ ...tag, value: clean(tag.value) })),
  }
}

function cleanEdge(edge: EdgeDelta): EdgeDelta {
  return {
    ...edge,
    hosts: edge.hosts.map(clean),
    buckets: edge.buckets.map((each) => ({ ...each, operation: clean(each.operation) })),
    exemplars: edge.exemplars.map((each) => ({ ...each, operation: clean(each.operation) })),
  }
}

function cleanTrace(trace: Exemplar): Exemplar {
  const spans = trace.spans.map((span) => ({
    ...span,
    service: clean(span.service),
    operation: clean(span.operation),
  }))
  return { ...trace, spans }
}
