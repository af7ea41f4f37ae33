// The edges as CSV for spreadsheets, a row an edge. Names come from spans, so they are untrusted: a cell that
// a spreadsheet would run as a formula is made text. Equal graphs give equal bytes.
// Source: RFC 4180; OWASP, "CSV Injection".
import { TRUST_RULES } from '../graph/edge.ts'
import { encryptionLedger } from '../graph/encryption.ts'
import { compareEdges } from '../graph/from-delta.ts'
import type { Graph, GraphEdge } from '../graph/graph.ts'
import { compareText, type NodeKey } from '../graph/node.ts'

const END = ['environment', 'kind', 'namespace', 'name']
const HEADER: readonly string[] = [
  ...END.map((field) => `source_${field}`),
  ...END.map((field) => `target_${field}`),
  ...['protocol', 'calls', 'errors', 'p50_ms', 'p95_ms', 'operations', 'hosts', 'ports'],
  ...TRUST_RULES.map((rule) => `trust_${rule.replace(/[A-Z]/g, '_$&').toLowerCase()}`),
  ...['sampled_calls', 'estimated_calls', 'estimated_errors'],
  ...['encryption', 'tls_calls', 'plain_calls'],
]

/** Header and one row an edge, by source, then target. Lines end in CR LF; empty means not known. */
export function exportCsv(graph: Graph): string {
  const rows = graph.edges.toSorted(compareEdges).map(edgeCells)
  return [HEADER, ...rows].map((cells) => `${cells.map(escapeCell).join(',')}\r\n`).join('')
}

function edgeCells(edge: GraphEdge): (string | number)[] {
  return [
    ...endCells(edge.source),
    ...endCells(edge.target),
    ...[edge.protocol, edge.calls, edge.errors, roundMs(edge.p50Ms), roundMs(edge.p95Ms)],
    edge.operations.length,
    edge.hosts.toSorted(compareText).join(' '),
    edge.ports.toSorted((a, b) => a - b).join(' '),
    ...TRUST_RULES.map((rule) => edge.trust[rule]),
    ...[edge.sampledCalls, edge.estimate?.calls ?? '', edge.estimate?.errors ?? ''],
    encryptionLedger(edge.encryption),
    ...[edge.encryption.tlsCalls, edge.encryption.plainCalls],
  ]
}

function endCells({ environment, kind, namespace, name }: NodeKey): string[] {
  return [environment, kind, namespace, name]
}

function roundMs(durationMs: number | null): number | string {
  return durationMs === null ? '' : Number(durationMs.toFixed(3))
}

/** Numbers stay numbers; text that starts like a formula gets an apostrophe in front, as OWASP says. */
function escapeCell(cell: string | number): string {
  if (typeof cell === 'number') return String(cell)
  const text = /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell
  const wellFormed = text.toWellFormed()
  return /["\r\n,']|^\s|\s$/.test(wellFormed) ? `"${wellFormed.replaceAll('"', '""')}"` : wellFormed
}
