// Reads the alerts of an environment that acts decide about, and holds them.
import { type AlertState, STANDING_STATES } from '../core/baseline/alert-state.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import type { NodeKey } from '../core/graph/node.ts'
import { type EndColumns, edgeOfRow } from './end-columns.ts'
import type { Query } from './sql.ts'

type IdRow = { id: bigint }
type StandingRow = IdRow & EndColumns & { state: AlertState }

/** Of an edge; those of nodes alone are not among them. */
export type StandingAlert = EdgeKey & { readonly id: bigint; readonly state: AlertState }

/** Standing alerts of an environment, held for this transaction. */
export async function lockStandingAlerts(
  tx: Query,
  environment: string,
): Promise<readonly StandingAlert[]> {
  const rows = await tx<StandingRow[]>`
    select id, state, source_environment, source_kind, source_namespace, source_name,
      target_environment, target_kind, target_namespace, target_name
    from alert
    where environment = ${environment} and state = any(${[...STANDING_STATES]}::text[])
      and target_name is not null
    order by id for update`
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    ...edgeOfRow(row),
  }))
}

/** isAlone: of a service without edges, which is both its source and its target. */
export type AlertAt = StandingAlert & { readonly isAlone: boolean }
type AtRow = Omit<StandingRow, 'target_name'> & { target_name: string | null }

/** Alerts of any state about edges, or services alone, that pass a test, held for this transaction. */
export async function lockAlertsAt(
  tx: Query,
  environments: readonly string[],
  isAt: (edge: EdgeKey) => boolean,
): Promise<readonly AlertAt[]> {
  const rows = await tx<AtRow[]>`
    select id, state, source_environment, source_kind, source_namespace, source_name,
      target_environment, target_kind, target_namespace, target_name
    from alert
    where environment = any(${environments as string[]}::text[])
    order by id for update`
  return rows.map(alertAt).filter(isAt)
}

function alertAt({ target_name, ...row }: AtRow): AlertAt {
  const edge = edgeOfRow({ ...row, target_name: target_name ?? '' })
  const isAlone = target_name === null
  const { source, target } = edge
  return { id: row.id, state: row.state, source, target: isAlone ? source : target, isAlone }
}

/** A standing alert of a service without edges. */
export type NodeAlert = { readonly id: bigint; readonly node: NodeKey }
type NodeRow = IdRow & Pick<EndColumns, `source_${string}` & keyof EndColumns>

export async function listNodeAlerts(
  tx: Query,
  environment: string,
): Promise<readonly NodeAlert[]> {
  const rows = await tx<NodeRow[]>`
    select id, source_environment, source_kind, source_namespace, source_name from alert
    where environment = ${environment} and target_name is null
      and state = any(${[...STANDING_STATES]}::text[])`
  return rows.map((row) => ({
    id: row.id,
    node: {
      environment: row.source_environment,
      kind: row.source_kind,
      namespace: row.source_namespace,
      name: row.source_name,
    },
  }))
}
