// What tests of the judge do and ask: make a version active, tag a node, read what was told.
import type { BaselineEntry, BaselineRule } from '../../core/baseline/content.ts'
import type { GraphDelta } from '../../core/graph/edge.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import type { TagName } from '../../core/graph/tags.ts'
import { approveVersion, createDraft } from '../../storage/baseline-drafts.ts'
import { type NodeTags, writeTags } from '../../storage/tag-nodes.ts'
import { contentOf } from './content.ts'
import type { World } from './world.ts'

export const ANN = 'ann@example.com'
/** Seen now: an activation judges what was seen within a day of it. */
export const NOW_MS = Date.now()
export const HOUR_MS = 3_600_000

/** Makes these the active version of prod, which must have been seen; returns its number. */
export async function activate(
  world: World,
  entries: readonly BaselineEntry[],
  rules: readonly BaselineRule[] = [],
): Promise<number> {
  const source = { from: 'content', content: contentOf(entries, rules) } as const
  const words = { actor: ANN, title: '', reason: 'test' }
  const { version } = await createDraft(world.web, { environment: 'prod', ...words, source })
  const act = { environment: 'prod', version, expectedRevision: null, actor: ANN }
  await approveVersion(world.web, { ...act, reason: 'test', selfApproval: 'allowed' })
  return version
}

type AlertRow = { kind: string; state: string; source_name: string; target_name: string | null }

/** Kind, state and both ends of every alert, the oldest first. */
export async function told(world: World): Promise<readonly string[]> {
  const rows = await world.owner<AlertRow[]>`
    select kind, state, source_name, target_name from alert order by id`
  return rows.map((row) => `${row.kind} ${row.state} ${row.source_name}>${row.target_name ?? ''}`)
}

/** What happened to an alert, in order. */
export async function happenings(world: World, id: bigint | undefined): Promise<readonly string[]> {
  const rows = await world.owner<{ action: string }[]>`
    select action from alert_event where alert_id = ${String(id)}::bigint order by id`
  return rows.map(({ action }) => action)
}

/** What waits to be routed, `action alert`, in order. */
export async function readOutbox(world: World): Promise<readonly string[]> {
  const rows = await world.owner<{ action: string; alert_id: bigint }[]>`
    select action, alert_id from alert_event where not is_routed order by id`
  return rows.map((row) => `${row.action} ${row.alert_id}`)
}

export function tag(
  world: World,
  node: NodeKey,
  tags: { readonly dataClasses?: readonly string[]; readonly layer?: string },
): Promise<readonly NodeTags[]> {
  const changes = [{ node, tags, expectedRevision: null }]
  return writeTags(world.web, { changes, actor: ANN, reason: 'known' })
}

/** The same delta, with what the resource of a node of this name states. */
export function stating(
  delta: GraphDelta,
  name: string,
  tags: { readonly [tag in TagName]?: string },
): GraphDelta {
  const stated = Object.entries(tags).map(([each, value]) => ({
    ...{ tag: each as TagName, value, statedAtMs: NOW_MS },
  }))
  const nodes = delta.nodes.map((node) => (node.name === name ? { ...node, tags: stated } : node))
  return { ...delta, nodes }
}
