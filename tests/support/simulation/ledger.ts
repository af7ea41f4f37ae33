// What the database holds, as sums in memory: a delta and its position go in together or not at all, and a
// position that was reached before applies nothing, as storage/commit.ts promises of Postgres (its own tests
// and the kill tests hold it to that). A count below zero is an error here: it was never counted.
import type { EdgeDelta, GraphDelta } from '../../../core/graph/edge.ts'
import { nodeId } from '../../../core/graph/node.ts'

type Position = { readonly journalId: string; readonly offset: bigint }

export type Ledger = {
  position: Position | null
  /** Sums by what they count. */
  readonly sums: Map<string, number>
}

export function createLedger(): Ledger {
  return { position: null, sums: new Map() }
}

export function commitToLedger(ledger: Ledger, delta: GraphDelta | null, position: Position): void {
  const { position: reached } = ledger
  if (reached?.journalId === position.journalId && position.offset <= reached.offset) return
  ledger.position = position
  if (delta) addToLedger(ledger, delta)
}

export function addToLedger(ledger: Ledger, delta: GraphDelta): void {
  for (const node of delta.nodes)
    add(ledger, `${nodeId(node)} unattributed`, node.unattributedCalls)
  for (const edge of delta.edges) {
    const source = nodeId(delta.nodes[edge.source]!)
    const target = nodeId(delta.nodes[edge.target]!)
    addEdge(ledger, `${source} -> ${target}`, edge)
  }
}

function addEdge(ledger: Ledger, name: string, edge: EdgeDelta): void {
  add(ledger, `${name} calls`, edge.calls)
  add(ledger, `${name} errors`, edge.errors)
  for (const [rule, calls] of Object.entries(edge.trust)) add(ledger, `${name} ${rule}`, calls)
  for (const bucket of edge.buckets) {
    const slot = `${name} ${bucket.operation} ${bucket.startMs}`
    add(ledger, `${slot} calls`, bucket.calls)
    add(ledger, `${slot} errors`, bucket.errors)
    for (const side of ['clientLatency', 'serverLatency'] as const)
      bucket[side]?.forEach((count, at) => {
        add(ledger, `${slot} ${side} ${at}`, count)
      })
  }
}

function add(ledger: Ledger, key: string, count: number): void {
  const sum = (ledger.sums.get(key) ?? 0) + count
  if (sum < 0) throw new Error(`below zero: ${key} is ${sum}`)
  if (sum === 0) ledger.sums.delete(key)
  else ledger.sums.set(key, sum)
}

/** The sums, sorted, to compare one ledger with another. */
export function readLedger(ledger: Ledger): readonly (readonly [string, number])[] {
  return [...ledger.sums].sort(([a], [b]) => (a < b ? -1 : 1))
}
