// Reads whole edges as they are stored, for the graph.
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
}

type StoredRow = {
  id: bigint
  source_id: bigint
  target_id: bigint
  protocol: number
  calls: bigint
  first_seen: Date
  last_seen: Date
  trust: bigint[]
  hosts: string[]
  ports: number[]
}

/** All edges of an environment, oldest first. */
export async function readEdges(sql: Query, environment: string): Promise<readonly StoredEdge[]> {
  const rows = await sql<StoredRow[]>`
    select id, source_id, target_id, protocol, calls, first_seen, last_seen, trust, hosts, ports
    from edge where environment = ${environment} order by id`
  return rows.map((row) => ({
    id: row.id,
    sourceId: row.source_id,
    targetId: row.target_id,
    protocol: row.protocol,
    calls: Number(row.calls),
    firstSeenMs: row.first_seen.getTime(),
    lastSeenMs: row.last_seen.getTime(),
    trust: row.trust.map(Number),
    hosts: row.hosts,
    ports: row.ports,
  }))
}
