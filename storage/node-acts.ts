// What people do with nodes: rename one (which merges it when the name is another node's), or forget one. One
// transaction, audited; it holds the environments, so a commit comes before it or after it, never between, and
// keeps roll-ups away. Baselines get a new version in the new names, alerts speak of them. The owner does it,
// as a job of the worker: no other role may write all of this.
import type { BaselineEntry } from '../core/baseline/content.ts'
import { edgeSubject } from '../core/baseline/drift.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { moveAlert, withdrawAlerts } from './alert-record.ts'
import { appendAudit } from './audit.ts'
import { activate } from './baseline-activation.ts'
import { readContent } from './baseline-content.ts'
import { removeBucketsOf } from './buckets.ts'
import { deleteEdges, lockEdgesOf } from './edges.ts'
import {
  listEnvironments,
  lockActiveVersion,
  noteTagChange,
  shareActiveVersions,
} from './environments.ts'
import { notifyChange } from './events.ts'
import { removeExemplarsOf } from './exemplars.ts'
import { StorageError } from './failure.ts'
import { type NodeGroup, readGroups } from './graph-groups.ts'
import { moveIncidents } from './incidents.ts'
import { judgeEdges } from './judge.ts'
import { mergeInto } from './merge-nodes.ts'
import { pointAliases, readAliases } from './node-aliases.ts'
import { deleteTags, moveTags } from './node-tags.ts'
import { deleteStoredNodes, lockNode, renameStoredNode } from './nodes.ts'
import { createJudgeCache } from './prepared-baselines.ts'
import { lockRollup } from './rollup.ts'
import type { Query, Sql } from './sql.ts'
import { lockAlertsAt } from './standing-alerts.ts'

export type NodeAct = {
  readonly environment: string
  /** GraphNode.id. */
  readonly nodeId: string
  /** A user's e-mail address. */
  readonly actor: string
  /** Not empty. */
  readonly reason: string
}

export type Renaming = NodeAct & { readonly namespace: string; readonly name: string }

/**
 * Gives a node another name; when a node of this kind has it already, the two become one, with edges,
 * operations, counts and examples added up. Spans under the old name count for the new one from then on.
 * Errors: StorageError NODE_UNKNOWN, NAME_SAME, NAME_TAKEN, REASON_MISSING.
 */
export async function renameNode(sql: Sql, renaming: Renaming): Promise<'renamed' | 'merged'> {
  return act(sql, renaming, async (tx, held) => {
    const { key, members } = held.group
    const own: NodeKey = { ...key, namespace: renaming.namespace, name: renaming.name }
    if (members.length === 1 && nodeId(own) === nodeId(members[0] ?? own))
      throw new StorageError('NAME_SAME', 'The node has this name already.')
    await refuseTaken(tx, own, members)
    const standing = await lockNode(tx, own)
    const intoId = standing ?? members[0]?.id ?? 0n
    const fromIds = members.map((node) => node.id).filter((id) => id !== intoId)
    const edges = await lockEdgesOf(tx, [...fromIds, intoId])
    const touchedIds = await mergeInto(tx, { edges, fromIds, intoId })
    if (standing === null) await renameStoredNode(tx, intoId, own)
    const names = members.map(keyOf).filter((name) => nodeId(name) !== nodeId(own))
    // What was said of several hosts is said of their domain.
    for (const name of nodeId(key) === nodeId(own) ? names : [...names, key])
      await moveTags(tx, name, own)
    await noteTagChange(tx, [key.environment])
    await pointAliases(tx, { nodeId: intoId, formerIds: fromIds, names, own })
    await deleteStoredNodes(tx, fromIds)
    const oldIds = new Set([...members.map(nodeId), nodeId(key)])
    const rename = (edge: EdgeKey): EdgeKey => ({
      source: oldIds.has(nodeId(edge.source)) ? own : edge.source,
      target: oldIds.has(nodeId(edge.target)) ? own : edge.target,
    })
    await moveAlerts(tx, held, rename, renaming)
    await moveIncidents(tx, [...members, key], own)
    await rewriteBaselines(tx, held, renaming, { action: 'node.renamed', rewrite: rename })
    await judgeEdges(tx, createJudgeCache(), {
      ...{ edgeIds: touchedIds, thinned: new Set(held.environments), newServices: [] },
      ...{ versions: await shareActiveVersions(tx, held.environments), nowMs: Date.now() },
    })
    const isMerged = standing !== null && !members.some((node) => node.id === standing)
    const detail = { from: labelOf(key), to: labelOf(own), reason: renaming.reason }
    const action = isMerged ? 'node.merged' : 'node.renamed'
    await appendAudit(tx, { actor: renaming.actor, action, subject: labelOf(key), detail })
    return isMerged ? 'merged' : 'renamed'
  })
}

/**
 * Removes a node with its edges and counts, its entries in active baselines, and withdraws its open
 * alerts. Seen again, it is new. Errors: StorageError NODE_UNKNOWN, REASON_MISSING.
 */
export async function forgetNode(sql: Sql, forgetting: NodeAct): Promise<void> {
  await act(sql, forgetting, async (tx, held) => {
    const { key, members } = held.group
    const ids = members.map((node) => node.id)
    const edgeIds = (await lockEdgesOf(tx, ids)).map((edge) => edge.id)
    if (edgeIds.length > 0) {
      await removeExemplarsOf(tx, edgeIds)
      await removeBucketsOf(tx, edgeIds)
      await deleteEdges(tx, edgeIds)
    }
    await deleteStoredNodes(tx, ids)
    for (const node of [...members, key]) await deleteTags(tx, node)
    await noteTagChange(tx, [key.environment])
    const forgotten = new Set([...members.map(nodeId), nodeId(key)])
    const isAt = (edge: EdgeKey) =>
      forgotten.has(nodeId(edge.source)) || forgotten.has(nodeId(edge.target))
    const alerts = await lockAlertsAt(tx, held.environments, isAt)
    const alertIds = alerts.map((alert) => alert.id)
    await withdrawAlerts(tx, alertIds, { actor: forgetting.actor, reason: forgetting.reason })
    const rewrite = (edge: EdgeKey) => (isAt(edge) ? null : edge)
    await rewriteBaselines(tx, held, forgetting, { action: 'node.forgotten', rewrite })
    const detail = { edges: edgeIds.length, reason: forgetting.reason }
    const action = 'node.forgotten'
    await appendAudit(tx, { actor: forgetting.actor, action, subject: labelOf(key), detail })
  })
}

type Held = { readonly group: NodeGroup; readonly environments: readonly string[] }

/** Holds every environment, in the order that all use, then does the act. */
async function act<T>(
  sql: Sql,
  { environment, nodeId: id, reason }: NodeAct,
  work: (tx: Query, held: Held) => Promise<T>,
): Promise<T> {
  if (reason.trim() === '')
    throw new StorageError('REASON_MISSING', 'An act on a node needs a reason.')
  const result = await sql.begin(async (tx) => {
    await lockRollup(tx)
    const environments = await listEnvironments(tx)
    for (const name of environments) await lockActiveVersion(tx, name)
    const { nodes } = await readGroups(tx, environment)
    const group = [...nodes.values()].find(
      (each) =>
        each.key.environment === environment && each.members.some((node) => String(node.id) === id),
    )
    if (!group) throw new StorageError('NODE_UNKNOWN', 'There is no such node.')
    const done = await work(tx, { group, environments })
    await notifyChange(tx)
    return { done }
  })
  return result.done
}

/** Spans that come under a former name of another node are that node's. */
async function refuseTaken(tx: Query, own: NodeKey, members: readonly NodeKey[]): Promise<void> {
  const owner = (await readAliases(tx, [own])).get(nodeId(own))
  if (!owner || members.some((node) => nodeId(node) === nodeId(owner))) return
  const text = `This is a former name of ${labelOf(owner)}; choose another, or that one.`
  throw new StorageError('NAME_TAKEN', text)
}

async function moveAlerts(
  tx: Query,
  held: Held,
  rename: (edge: EdgeKey) => EdgeKey,
  by: { readonly actor: string; readonly reason: string },
): Promise<void> {
  const isConcerned = (edge: EdgeKey) => edgeSubject(rename(edge)) !== edgeSubject(edge)
  const doubled: bigint[] = []
  for (const alert of await lockAlertsAt(tx, held.environments, isConcerned)) {
    const { id, isAlone } = alert
    if (!(await moveAlert(tx, { id, edge: rename(alert), isAlone }))) doubled.push(id)
  }
  if (doubled.length > 0) await withdrawAlerts(tx, doubled, by)
}

type Rewriting = {
  readonly action: 'node.renamed' | 'node.forgotten'
  /** Null: the entry goes. */
  readonly rewrite: (edge: EdgeKey) => EdgeKey | null
}

/** Active versions never change: those that name the node get a successor in the new names. */
async function rewriteBaselines(
  tx: Query,
  held: Held,
  by: { readonly actor: string; readonly reason: string },
  { action, rewrite }: Rewriting,
): Promise<void> {
  for (const environment of held.environments) {
    const version = await lockActiveVersion(tx, environment)
    const former = version === null ? null : await readContent(tx, environment, version)
    if (!former) continue
    const after = new Map<string, BaselineEntry>()
    for (const entry of former.entries) {
      const edge = rewrite(entry)
      // Of two that become one, the entry that had the name already says more.
      const isOwn = edge !== null && edgeSubject(edge) === edgeSubject(entry)
      if (edge && (isOwn || !after.has(edgeSubject(edge))))
        after.set(edgeSubject(edge), { ...entry, ...edgeOf(edge) })
    }
    const isSame = former.entries.every((entry) => after.has(edgeSubject(entry)))
    if (isSame && after.size === former.entries.length) continue
    const content = { ...former, entries: [...after.values()] }
    const detail = { supersedes: version }
    const { actor, reason } = by
    await activate(tx, { environment, content, actor, reason, action, detail, origin: 'node' })
  }
}

function edgeOf({ source, target }: EdgeKey): EdgeKey {
  return { source, target }
}

function keyOf({ environment, kind, namespace, name }: NodeKey): NodeKey {
  return { environment, kind, namespace, name }
}

function labelOf({ environment, kind, namespace, name }: NodeKey): string {
  return `${environment} ${kind} ${namespace === '' ? name : `${namespace}/${name}`}`
}
