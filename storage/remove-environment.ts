// Removes an environment of the demo or of an imported file with everything in it: all or nothing, beside a
// running collector. What the collector still holds of it is left out of commits by a mark (markRemoved)
// until its fold has forgotten it. The audit keeps what was done in it, and that it was removed.
import { deleteAlerts, withdrawForsaken } from './alert-record.ts'
import { appendAudit } from './audit.ts'
import { deleteContentOf } from './baseline-content.ts'
import { deleteVersions } from './baseline-record.ts'
import { removeBucketsOf } from './buckets.ts'
import { deleteDeliveriesOf } from './deliveries.ts'
import { deleteEdges, lockEdgesAt } from './edges.ts'
import { deleteEnvironment, lockForRemoval, markRemoved } from './environments.ts'
import { notifyChange } from './events.ts'
import { removeExemplarsOf } from './exemplars.ts'
import { deleteIncidents } from './incidents.ts'
import { deleteEnvironmentTags } from './node-tags.ts'
import { deleteNodes } from './nodes.ts'
import type { Sql } from './sql.ts'

export type Removal = {
  readonly environment: string
  /** Who removes it: a user's e-mail address. */
  readonly actor: string
}

/** How many of each went. */
export type Removed = { readonly nodes: number; readonly edges: number; readonly alerts: number }

/** Errors: StorageError ENVIRONMENT_UNKNOWN, ENVIRONMENT_OBSERVED. */
export async function removeEnvironment(sql: Sql, removal: Removal): Promise<Removed> {
  const { environment, actor } = removal
  return sql.begin(async (tx) => {
    await lockForRemoval(tx, environment)
    await markRemoved(tx, environment)
    const edges = await lockEdgesAt(tx, environment)
    const edgeIds = edges.map((edge) => edge.id)
    if (edgeIds.length > 0) {
      await removeExemplarsOf(tx, edgeIds)
      await removeBucketsOf(tx, edgeIds)
      await deleteEdges(tx, edgeIds)
    }
    const elsewhere = edges.filter((edge) => edge.environment !== environment)
    const forsaken = elsewhere.flatMap((edge) => (edge.alertId === null ? [] : [edge.alertId]))
    if (forsaken.length > 0) await withdrawForsaken(tx, forsaken, Date.now())
    await deleteDeliveriesOf(tx, environment)
    const alerts = await deleteAlerts(tx, environment)
    await deleteIncidents(tx, environment)
    await deleteContentOf(tx, environment)
    await deleteVersions(tx, environment)
    const nodes = await deleteNodes(tx, environment)
    await deleteEnvironmentTags(tx, environment)
    await deleteEnvironment(tx, environment)
    const removed = { nodes, edges: edges.length, alerts }
    const act = { actor, action: 'environment.removed', subject: environment, detail: removed }
    await appendAudit(tx, act)
    await notifyChange(tx)
    return removed
  })
}
