// What is new of a node since a delta was last taken, and what its service says of itself: versions, instances,
// tags. A resource is looked at once a batch, however many spans it has.

import * as digests from '../graph/digests.ts'
import { digestText } from '../graph/digests.ts'
import * as tags from '../graph/tags.ts'
import { isNewerTag, mergeTags, normalTag, type StatedTag } from '../graph/tags.ts'
import type { AttributeSet } from '../span/batch.ts'
import { RESOURCE_KEYS } from '../span/keys.ts'
import type { Accumulator } from './accumulator.ts'
import type { GraphMemory } from './graph-memory.ts'
import { OVERFLOW_NAME } from './options.ts'

const { DIGESTS_KEPT } = digests
const { TAG_ATTRIBUTES, TAG_NAMES } = tags

export type NodeSums = {
  firstSeenMs: number
  lastSeenMs: number
  isObserved: boolean
  isSampled: boolean
  isWhole: boolean
  versions: string[]
  instances: string[]
  tags: readonly StatedTag[]
  unattributedCalls: number
}

export function noteNode({ nodes }: Accumulator, node: number, timeMs: number): NodeSums {
  const known = nodes.get(node)
  if (known) {
    known.firstSeenMs = Math.min(known.firstSeenMs, timeMs)
    known.lastSeenMs = Math.max(known.lastSeenMs, timeMs)
    return known
  }
  const fresh: NodeSums = {
    firstSeenMs: timeMs,
    lastSeenMs: timeMs,
    isObserved: false,
    isSampled: false,
    isWhole: false,
    versions: [],
    instances: [],
    tags: [],
    unattributedCalls: 0,
  }
  nodes.set(node, fresh)
  return fresh
}

const VERSIONS_PER_NODE_MAX = 32

export function noteVersion(
  memory: GraphMemory,
  node: number,
  sums: NodeSums,
  version: string,
): void {
  const known = memory.versions[node]!
  if (version === '' || known.has(version) || known.size >= VERSIONS_PER_NODE_MAX) return
  known.add(version)
  sums.versions.push(version)
}

/** instance: see instances.ts; of a node the highest are kept. */
export function noteInstance(
  memory: GraphMemory,
  node: number,
  sums: NodeSums,
  instance: number,
): void {
  const known = memory.instances[node]!
  if (instance === 0 || known.includes(instance)) return
  known.push(instance)
  known.sort((a, b) => b - a)
  if (known.length > DIGESTS_KEPT && known.pop() === instance) return
  sums.instances.push(digestText(instance))
}

const TAG_KEYS = TAG_NAMES.map((tag) => ({
  tag,
  key: RESOURCE_KEYS.findIndex(({ name }) => name === TAG_ATTRIBUTES[tag]),
}))
const FIRST_TAG_KEY = Math.min(...TAG_KEYS.map(({ key }) => key))

/** Whether a resource states any tag: hardly any does. */
export function hasTags({ keys }: AttributeSet): boolean {
  return keys.length > 0 && keys[keys.length - 1]! >= FIRST_TAG_KEY
}

/** A tag that is stated again as it was only becomes newer; what is told is a change. */
export function noteTags(
  memory: GraphMemory,
  node: number,
  sums: NodeSums,
  stated: {
    readonly set: AttributeSet
    readonly strings: readonly string[]
    readonly nowMs: number
  },
): void {
  // Several services share the overflow node, and none speaks for it.
  if (memory.nodes[node]!.name === OVERFLOW_NAME) return
  const { keys, values } = stated.set
  for (const { tag, key } of TAG_KEYS) {
    const at = keys.indexOf(key)
    const value = at < 0 ? '' : normalTag(tag, stated.strings[values[at]!]!)
    if (value === '') continue
    const known = memory.tags[node]!.find((each) => each.tag === tag)
    const next = { tag, value, statedAtMs: stated.nowMs }
    if (known && !isNewerTag(next, known)) continue
    memory.tags[node] = mergeTags(memory.tags[node]!, [next])
    if (known?.value !== value) sums.tags = mergeTags(sums.tags, [next])
  }
}
