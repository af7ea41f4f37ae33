// Writes the table node_tag: what people and resources say of nodes. Not versioned: an inventory. What a person
// says wins over what a resource states, tag by tag.
import type { TaggedNode, Tags } from '../core/baseline/content.ts'
import type { NodeDelta } from '../core/graph/edge.ts'
import { type NodeKey, type NodeKind, nodeId } from '../core/graph/node.ts'
import { type TagName, tagsFrom } from '../core/graph/tags.ts'
import type { Query } from './sql.ts'

/**
 * Stores tags that resources state; the newest wins, of equally new ones the text that sorts last. Gives
 * the environments in which a tag changed. nodes: each identity once, under the names they are stored by.
 */
export async function upsertStatedTags(
  tx: Query,
  nodes: readonly NodeDelta[],
): Promise<readonly string[]> {
  const stated = nodes.flatMap((node) => node.tags.map((tag) => ({ node, ...tag })))
  if (stated.length === 0) return []
  const rows = await tx<{ environment: string }[]>`
    insert into node_tag as stored (environment, kind, namespace, name, tag, origin, value, stated_at)
    select given.environment, given.kind, given.namespace, given.name, given.tag, 'resource',
      given.value, to_timestamp(given.stated_at / 1000)
    from unnest(
      ${stated.map(({ node }) => node.environment)}::text[],
      ${stated.map(({ node }) => node.kind)}::text[],
      ${stated.map(({ node }) => node.namespace)}::text[],
      ${stated.map(({ node }) => node.name)}::text[],
      ${stated.map(({ tag }) => tag)}::text[],
      ${stated.map(({ value }) => value)}::text[],
      ${stated.map(({ statedAtMs }) => statedAtMs)}::float8[]
    ) as given(environment, kind, namespace, name, tag, value, stated_at)
    order by 1, 2, 3, 4, 5
    on conflict (environment, kind, namespace, name, tag, origin) do update set
      value = excluded.value, stated_at = excluded.stated_at
    where stored.value <> excluded.value
      and (stored.stated_at, stored.value collate "C")
        < (excluded.stated_at, excluded.value collate "C")
    returning environment`
  return [...new Set(rows.map((row) => row.environment))]
}

type TagRow = {
  environment: string
  kind: NodeKind
  namespace: string
  name: string
  tag: TagName
  value: string
}

/** The tags of every node of these environments that has any, under the names they were said of. */
export async function readTags(
  tx: Query,
  environments: readonly string[],
): Promise<readonly TaggedNode[]> {
  const rows = await tx<TagRow[]>`
    select distinct on (environment, kind, namespace, name, tag)
      environment, kind, namespace, name, tag, value
    from node_tag where environment = any(${[...environments]}::text[])
    order by environment, kind, namespace, name, tag, origin = 'api' desc`
  return [...Map.groupBy(rows, nodeId).values()].map((said) => {
    const { environment, kind, namespace, name } = said[0] as TagRow
    return { environment, kind, namespace, name, ...tagsFrom(said) }
  })
}

/** Tags of a node that is called otherwise from now on; where the new name has a tag already, that stays. */
export async function moveTags(tx: Query, from: NodeKey, into: NodeKey): Promise<void> {
  await tx`
    insert into node_tag (environment, kind, namespace, name, tag, origin, value, stated_at)
    select ${into.environment}, ${into.kind}, ${into.namespace}, ${into.name}, tag, origin, value,
      stated_at
    from node_tag where environment = ${from.environment} and kind = ${from.kind}
      and namespace = ${from.namespace} and name = ${from.name}
    on conflict do nothing`
  await deleteTags(tx, from)
}

export async function deleteTags(tx: Query, node: NodeKey): Promise<void> {
  await tx`
    delete from node_tag where environment = ${node.environment} and kind = ${node.kind}
      and namespace = ${node.namespace} and name = ${node.name}`
}

/** Of an environment that goes. */
export async function deleteEnvironmentTags(tx: Query, environment: string): Promise<void> {
  await tx`delete from node_tag where environment = ${environment}`
}

/** What resources stated of nodes that are not stored any more; returns how many. */
export async function deleteOrphanTags(tx: Query): Promise<number> {
  const { count } = await tx`
    delete from node_tag as said where origin = 'resource' and not exists (
      select from node where node.environment = said.environment and node.kind = said.kind
        and node.namespace = said.namespace and node.name = said.name)`
  return count
}

/** The tags of one node; '' and [] where it has none. */
export async function readTagsOf(tx: Query, node: NodeKey): Promise<Tags> {
  const rows = await tx<{ tag: TagName; value: string }[]>`
    select distinct on (tag) tag, value from node_tag where environment = ${node.environment}
      and kind = ${node.kind} and namespace = ${node.namespace} and name = ${node.name}
    order by tag, origin = 'api' desc`
  return tagsFrom(rows)
}

export type SaidTags = { readonly [tag in TagName]?: string }

/** What people said of a node. */
export async function readSaid(tx: Query, node: NodeKey): Promise<SaidTags> {
  const rows = await tx<{ tag: TagName; value: string }[]>`
    select tag, value from node_tag where environment = ${node.environment}
      and kind = ${node.kind} and namespace = ${node.namespace} and name = ${node.name}
      and origin = 'api' order by tag`
  return Object.fromEntries(rows.map(({ tag, value }) => [tag, value]))
}

/** Stores what people say of a node in place of what they said; '' says that there is none. */
export async function replaceSaid(tx: Query, node: NodeKey, said: SaidTags): Promise<void> {
  const { environment, kind, namespace, name } = node
  await tx`
    delete from node_tag where environment = ${environment} and kind = ${kind}
      and namespace = ${namespace} and name = ${name} and origin = 'api'`
  await tx`
    insert into node_tag (environment, kind, namespace, name, tag, origin, value, stated_at)
    select ${environment}, ${kind}, ${namespace}, ${name}, given.tag, 'api', given.value, now()
    from unnest(${Object.keys(said)}::text[], ${Object.values(said)}::text[]) as given(tag, value)`
}
