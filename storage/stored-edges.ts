// Reads whole edges as they are stored, for the graph: as one JSON value, which is made and parsed several
// times faster than as many rows with arrays and dates in them.
import type { Query } from './sql.ts'

export type StoredEdge = {
  readonly id: bigint
  readonly sourceId: bigint
  readonly targetId: bigint
  /** Position in PROTOCOLS. */
  readonly protocol: number
  readonly calls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** In the order of TRUST_RULES. */
  readonly trust: readonly number[]
  readonly hosts: readonly string[]
  readonly ports: readonly number[]
  readonly tlsCalls: number
  readonly plainCalls: number
  /** Unix ms; null: none in the clear, or from before this was kept. */
  readonly lastPlainMs: number | null
  readonly callerInstances: readonly string[]
  readonly traces: readonly string[]
}

/** Ids are below 2^53, as are counts. */
type EdgeTuple = readonly [
  id: number,
  sourceId: number,
  targetId: number,
  protocol: number,
  calls: number,
  firstSeenMs: number,
  lastSeenMs: number,
  trust: readonly number[],
  hosts: readonly string[],
  ports: readonly number[],
  tlsCalls: number,
  plainCalls: number,
  callerInstances: readonly string[],
  traces: readonly string[],
  lastPlainMs: number | null,
]

/** All edges of an environment, oldest first. */
export async function readEdges(sql: Query, environment: string): Promise<readonly StoredEdge[]> {
  const [row] = await sql<{ edges: readonly EdgeTuple[] | null }[]>`
    select json_agg(json_build_array(id, source_id, target_id, protocol, calls,
      round(extract(epoch from first_seen) * 1000), round(extract(epoch from last_seen) * 1000),
      trust, hosts, ports, tls_calls, plain_calls, caller_instances, traces,
      round(extract(epoch from last_plain) * 1000)) order by id) as edges
    from edge where environment = ${environment}`
  return (row?.edges ?? []).map((edge) => ({
    id: BigInt(edge[0]),
    sourceId: BigInt(edge[1]),
    targetId: BigInt(edge[2]),
    protocol: edge[3],
    calls: edge[4],
    firstSeenMs: edge[5],
    lastSeenMs: edge[6],
    trust: edge[7],
    hosts: edge[8],
    ports: edge[9],
    tlsCalls: edge[10],
    plainCalls: edge[11],
    callerInstances: edge[12],
    traces: edge[13],
    lastPlainMs: edge[14],
  }))
}
