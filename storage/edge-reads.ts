// What the judge asks of stored edges beside what they are: which alert they stand behind, whose lead where.
import type { Query } from './sql.ts'

type AlertRow = { id: bigint; alert_id: bigint }

/** The alerts behind which edges of an environment stand, by edge. */
export async function readAlertsOfEdges(
  tx: Query,
  environment: string,
): Promise<ReadonlyMap<bigint, bigint>> {
  const rows = await tx<AlertRow[]>`
    select id, alert_id from edge where environment = ${environment} and alert_id is not null`
  return new Map(rows.map((row) => [row.id, row.alert_id]))
}

/** Environments whose edges lead into these from outside. */
export async function listSourcesInto(
  tx: Query,
  environments: readonly string[],
): Promise<readonly string[]> {
  const rows = await tx<{ environment: string }[]>`
    select distinct edge.environment from edge join node on node.id = edge.target_id
    where node.environment = any(${[...environments]}::text[])
      and edge.environment <> node.environment`
  return rows.map((row) => row.environment)
}
