// Reads whole edges as they are stored, for the graph: as one JSON value of whole columns, which is made and parsed
// several times faster than as many rows with arrays and dates in them.
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

/** A column of the table each, in the order of the edges. Ids are below 2^53, as are counts. */
type EdgeColumns = {
  readonly [column in keyof StoredEdge]: StoredEdge[column] extends bigint
    ? readonly number[]
    : readonly StoredEdge[column][]
}

/** All edges of an environment, oldest first. */
export async function readEdges(sql: Query, environment: string): Promise<readonly StoredEdge[]> {
  const [row] = await sql<{ edges: EdgeColumns | null }[]>`
    select json_build_object('id', json_agg(id), 'sourceId', json_agg(source_id),
      'targetId', json_agg(target_id), 'protocol', json_agg(protocol), 'calls', json_agg(calls),
      'firstSeenMs', json_agg((date_part('epoch', first_seen) * 1000)::bigint),
      'lastSeenMs', json_agg((date_part('epoch', last_seen) * 1000)::bigint),
      'trust', json_agg(trust), 'hosts', json_agg(hosts), 'ports', json_agg(ports),
      'tlsCalls', json_agg(tls_calls), 'plainCalls', json_agg(plain_calls),
      'lastPlainMs', json_agg((date_part('epoch', last_plain) * 1000)::bigint),
      'callerInstances', json_agg(caller_instances), 'traces', json_agg(traces)) as edges
    from (select * from edge where environment = ${environment} order by id) as edge
    having count(*) > 0`
  if (!row?.edges) return []
  const columns = row.edges
  return columns.id.map((id, place) => ({
    id: BigInt(id),
    sourceId: BigInt(columns.sourceId[place]!),
    targetId: BigInt(columns.targetId[place]!),
    protocol: columns.protocol[place]!,
    calls: columns.calls[place]!,
    firstSeenMs: columns.firstSeenMs[place]!,
    lastSeenMs: columns.lastSeenMs[place]!,
    trust: columns.trust[place]!,
    hosts: columns.hosts[place]!,
    ports: columns.ports[place]!,
    tlsCalls: columns.tlsCalls[place]!,
    plainCalls: columns.plainCalls[place]!,
    lastPlainMs: columns.lastPlainMs[place]!,
    callerInstances: columns.callerInstances[place]!,
    traces: columns.traces[place]!,
  }))
}
