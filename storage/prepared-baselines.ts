// Active baselines as the judge needs them, kept between commits: read when the version is another, or when a service
// has come that is named in them. A version never changes, so what is kept cannot go stale.
import type { BaselineContent } from '../core/baseline/content.ts'
import { type Inventory, inventoryOf } from '../core/baseline/inventory.ts'
import { type Baseline, prepareBaseline } from '../core/baseline/prepare.ts'
import type { EdgeKey } from '../core/graph/edge.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { type ResolvableNode, resolveNodes } from '../core/graph/resolve.ts'
import { readContent } from './baseline-content.ts'
import { listEnvironments, readTagsKey } from './environments.ts'
import { readTags } from './node-tags.ts'
import { readServicesNamed } from './nodes.ts'
import type { Query } from './sql.ts'

export type PreparedBaseline = {
  readonly version: number
  readonly baseline: Baseline
  /** Some entry or rule says which operations are allowed: what is called over an edge has to be read. */
  readonly pinsOperations: boolean
  readonly doubtful: DoubtfulNames
}

/** Names without a namespace, which mean another service when one comes that has it: environment and name. */
type DoubtfulNames = ReadonlySet<string>

export type JudgeCache = {
  /** By environment. */
  readonly baselines: Map<string, PreparedBaseline>
  /** Of every environment; `key` changes with any tag. */
  tags: {
    readonly key: string
    readonly inventory: Inventory
    readonly doubtful: DoubtfulNames
  } | null
}

export function createJudgeCache(): JudgeCache {
  return { baselines: new Map(), tags: null }
}

/** Services that have come: what names one of them may mean it now. */
export function noteServices(
  cache: JudgeCache,
  services: readonly Pick<NodeKey, 'environment' | 'name'>[],
): void {
  const names = services.map(placeOf)
  const isConcerned = (doubtful: DoubtfulNames) => names.some((name) => doubtful.has(name))
  for (const [environment, { doubtful }] of cache.baselines)
    if (isConcerned(doubtful)) cache.baselines.delete(environment)
  if (cache.tags && isConcerned(cache.tags.doubtful)) cache.tags = null
}

function placeOf({ environment, name }: Pick<NodeKey, 'environment' | 'name'>): string {
  return `${environment}\0${name}`
}

function doubtfulOf(nodes: readonly NodeKey[]): DoubtfulNames {
  return new Set(
    nodes
      .filter(({ kind, namespace }) => kind === 'service' && namespace === '')
      .map((node) => placeOf(node)),
  )
}

/** An active version in identities as they resolve now; the transaction holds it. */
export async function prepareActive(
  tx: Query,
  cache: JudgeCache,
  environment: string,
  version: number,
): Promise<PreparedBaseline> {
  const known = cache.baselines.get(environment)
  if (known?.version === version) return known
  const content = await readContent(tx, environment, version)
  if (!content) throw new Error('an active baseline version that was held is gone')
  const prepared = await prepareContent(tx, content, version)
  cache.baselines.set(environment, prepared)
  return prepared
}

/** Any content as the judge sees it once it is this version. */
export async function prepareContent(
  tx: Query,
  content: BaselineContent,
  version: number,
): Promise<PreparedBaseline> {
  const resolved = await resolveContent(tx, content)
  const lines = [...content.entries, ...content.rules]
  return {
    version,
    baseline: prepareBaseline(resolved, { version, holdsQuarantined: false }),
    pinsOperations: lines.some(({ operations }) => operations !== null),
    doubtful: doubtfulOf(content.entries.flatMap(({ source, target }) => [source, target])),
  }
}

/** What is said of the nodes of all environments, by resolved identity. */
export async function readInventory(tx: Query, cache: JudgeCache): Promise<Inventory> {
  const key = await readTagsKey(tx, null)
  if (cache.tags?.key === key) return cache.tags.inventory
  const tagged = await readTags(tx, await listEnvironments(tx))
  const resolve = await resolverFor(tx, tagged)
  const inventory = inventoryOf(tagged.map((node) => ({ ...node, ...resolve(node) })))
  cache.tags = { key, inventory, doubtful: doubtfulOf(tagged) }
  return inventory
}

/** The same content with its entries in identities as they resolve now. */
export async function resolveContent(
  tx: Query,
  content: BaselineContent,
): Promise<BaselineContent> {
  const resolve = await resolverFor(
    tx,
    content.entries.flatMap(({ source, target }: EdgeKey) => [source, target]),
  )
  const entries = content.entries.map((entry) => ({
    ...entry,
    ...{ source: resolve(entry.source), target: resolve(entry.target) },
  }))
  return { ...content, entries }
}

/** What these names, which need not be stored, mean beside the services that are. */
async function resolverFor(
  tx: Query,
  nodes: readonly NodeKey[],
): Promise<(node: NodeKey) => NodeKey> {
  const byId = new Map<string, ResolvableNode>()
  for (const { environment, kind, namespace, name } of nodes) {
    const node = { environment, kind, namespace, name, isObserved: false }
    byId.set(nodeId(node), node)
  }
  const stated = [...byId.values()].filter(
    ({ kind, namespace }) => kind === 'service' && namespace === '',
  )
  if (stated.length > 0)
    for (const service of await readServicesNamed(tx, stated)) byId.set(nodeId(service), service)
  const resolved = resolveNodes(byId.values())
  return (node) => resolved.get(nodeId(node)) ?? node
}
