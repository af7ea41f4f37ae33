// How bad a drift is: a level by its kind, one up where classified data or the public is near. The
// table is the whole rule (docs/decisions/0016).
import type { EdgeKey } from '../graph/edge.ts'
import { type DriftKind, type Reaches, SEVERITIES, type Severity } from './drift.ts'
import { type Inventory, isClassified, isPublic } from './inventory.ts'

const BY_KIND: { readonly [kind in DriftKind]: Severity } = {
  denied: 'high',
  expired: 'medium',
  downgraded: 'medium',
  first_path: 'high',
  cross_environment: 'high',
  new_external: 'medium',
  new_database: 'medium',
  new_service: 'medium',
  new_edge: 'medium',
  new_protocol: 'low',
  new_port: 'low',
  new_operation: 'low',
}

/**
 * One up when the target itself holds classified data, when the source is exposed to the public, or
 * when a path to classified data comes with it (a first path is that already: there, when a service
 * exposed to the public gains it).
 */
export function severityOf(
  kind: DriftKind,
  edge: EdgeKey,
  { tags, reaches }: { readonly tags: Inventory; readonly reaches: Reaches },
): Severity {
  const isPathWorse =
    kind === 'first_path'
      ? reaches.pairs.some(({ service }) => isPublic(tags, service))
      : reaches.pairsTotal > 0
  const isWorse = isClassified(tags, edge.target) || isPublic(tags, edge.source) || isPathWorse
  const level = SEVERITIES.indexOf(BY_KIND[kind]) - (isWorse ? 1 : 0)
  return SEVERITIES[level]!
}
