// Paths to classified data, exactly (docs/decisions/0016). Held: the edges that entries hold, and the
// live ones that rules hold; all: these and every live edge. An edge u -> v that is not held is a first
// path for (service, class) when the service reaches u over all edges, v reaches a node of the class over
// all edges, and the service reaches none over held ones. States are compared, so order cannot matter.
import type { EdgeKey } from '../graph/edge.ts'
import { compareNodes, compareText, type NodeKey, nodeId } from '../graph/node.ts'
import { type ClassifiedStore, NOTHING_REACHED, type Reaches } from './drift.ts'
import { type Inventory, isPublic, tagsOf } from './inventory.ts'
import { type Baseline, isHeld, isHeldByEntry, type Moment } from './prepare.ts'

const PAIRS_MAX = 20
const STORES_MAX = 20

/** What an edge that is not held lets be reached; it must be one of the live edges. */
export type Paths = { readonly over: (edge: EdgeKey) => Reaches }

/**
 * live: every live edge of the environment, any order. Costs O(entries + live) times a 32nd of the
 * number of classes. A question costs at most a walk from the edge's target and one to its source; of
 * edges that are asked for in the order of their sources, one a node. Null: nothing is classified.
 */
export function findPaths(
  live: readonly EdgeKey[],
  baseline: Baseline,
  moment: Moment,
): Paths | null {
  const classes = classesOf(moment.tags)
  if (classes.length === 0) return null
  const entries = [...baseline.entries.values()].map(([entry]) => entry!)
  const held = [
    ...entries.filter((edge) => isHeldByEntry(edge, baseline, moment)),
    ...live.filter((edge) => isHeld(edge, baseline, moment)),
  ]
  const all = [...held, ...live]
  const { places, nodes } = layOut(all, moment.tags)
  const own = ownClasses(nodes, classes)
  const callers = linksOf(all, places, 'target')
  const callees = linksOf(all, places, 'source')
  const overHeld = spread(own, linksOf(held, places, 'target'))
  const overAll = spread(own, callers)
  const storesBehind = remember((at) => storesOf(walk(at, callees), nodes))
  const servicesBefore = rememberLast((at) => servicesOf(walk(at, callers), nodes))
  return {
    over(edge) {
      const from = places.get(nodeId(edge.source))
      const to = places.get(nodeId(edge.target))
      if (from === undefined || to === undefined || !overAll[to]!.some(Boolean))
        return NOTHING_REACHED
      const { pairs, pairsTotal } = newPairs(servicesBefore(from), overAll[to]!, overHeld)
      return {
        pairs: pairs.map(([at, bit]) => ({ service: nodes[at]!.key, dataClass: classes[bit]! })),
        ...{ pairsTotal, ...storesBehind(to) },
      }
    },
  }
}

/** A node's classes as bits, 32 a word. */
type Bits = Uint32Array
/** By place of a node: the places at the other end of its edges. */
type Links = readonly (readonly number[])[]
/** Places of nodes by nodeId. */
type Places = ReadonlyMap<string, number>
type PlacedNode = {
  readonly key: NodeKey
  readonly dataClasses: readonly string[]
  readonly isPublic: boolean
}

function classesOf(tags: Inventory): readonly string[] {
  const classes = new Set<string>()
  for (const { dataClasses } of tags.values()) for (const each of dataClasses) classes.add(each)
  return [...classes].sort(compareText)
}

/** Nodes in the order of their names: what is listed does not depend on the order of the edges. */
function layOut(edges: readonly EdgeKey[], tags: Inventory) {
  const found = new Map<string, NodeKey>()
  for (const { source, target } of edges)
    found.set(nodeId(source), source).set(nodeId(target), target)
  const sorted = [...found].sort(([, a], [, b]) => compareNodes(a, b))
  const places: Places = new Map(sorted.map(([id], at) => [id, at]))
  const nodes = sorted.map(
    ([, key]): PlacedNode => ({
      key,
      dataClasses: tagsOf(tags, key).dataClasses,
      isPublic: isPublic(tags, key),
    }),
  )
  return { places, nodes }
}

function ownClasses(nodes: readonly PlacedNode[], classes: readonly string[]): readonly Bits[] {
  const bits = new Map(classes.map((each, bit) => [each, bit]))
  return nodes.map(({ dataClasses }) => {
    const own = new Uint32Array(Math.ceil(classes.length / 32))
    for (const each of dataClasses) {
      const bit = bits.get(each)!
      own[bit >> 5]! |= 1 << (bit & 31)
    }
    return own
  })
}

/** For each node, by this end of its edges, the nodes at the other end, in order, each once. */
function linksOf(edges: readonly EdgeKey[], places: Places, end: keyof EdgeKey): Links {
  const links = Array.from(places, () => new Set<number>())
  const other = end === 'source' ? 'target' : 'source'
  for (const edge of edges)
    links[places.get(nodeId(edge[end]))!]!.add(places.get(nodeId(edge[other]))!)
  return links.map((each) => [...each].sort((a, b) => a - b))
}

/** Hands each node's classes on to its callers until nothing changes. */
function spread(own: readonly Bits[], callers: Links): readonly Bits[] {
  const reached = own.map((bits) => bits.slice())
  const queue = reached.flatMap((bits, at) => (bits.some(Boolean) ? [at] : []))
  const isQueued = new Set(queue)
  for (let next = 0; next < queue.length; next++) {
    const at = queue[next]!
    isQueued.delete(at)
    for (const caller of callers[at]!) {
      if (!addBits(reached[caller]!, reached[at]!) || isQueued.has(caller)) continue
      isQueued.add(caller)
      queue.push(caller)
    }
  }
  return reached
}

/** Whether anything was new. */
function addBits(into: Bits, bits: Bits): boolean {
  let isNew = false
  for (let word = 0; word < into.length; word++) {
    const joined = (into[word]! | bits[word]!) >>> 0
    if (joined === into[word]) continue
    into[word] = joined
    isNew = true
  }
  return isNew
}

/** The services, with a bit each, that have not all of these bits over held edges. */
function newPairs(services: readonly number[], bits: Bits, overHeld: readonly Bits[]) {
  const pairs: (readonly [number, number])[] = []
  let pairsTotal = 0
  for (const at of services) {
    const theirs = overHeld[at]!
    for (let word = 0; word < bits.length; word++) {
      let left = bits[word]! & ~theirs[word]!
      for (; left !== 0; left &= left - 1, pairsTotal++)
        if (pairs.length < PAIRS_MAX) pairs.push([at, word * 32 + 31 - Math.clz32(left & -left)])
    }
  }
  return { pairs, pairsTotal }
}

/** The node itself and all that are reached from it over links, the nearest first. */
function walk(start: number, links: Links): readonly number[] {
  const isFound = new Uint8Array(links.length)
  const found = [start]
  isFound[start] = 1
  for (let next = 0; next < found.length; next++)
    for (const at of links[found[next]!]!) {
      if (isFound[at] === 1) continue
      isFound[at] = 1
      found.push(at)
    }
  return found
}

/** Those that the public can call first, because a path from them is the worst. */
function servicesOf(reaching: readonly number[], nodes: readonly PlacedNode[]): readonly number[] {
  const services = reaching.filter((at) => nodes[at]!.key.kind === 'service')
  return [
    ...services.filter((at) => nodes[at]!.isPublic),
    ...services.filter((at) => !nodes[at]!.isPublic),
  ]
}

function storesOf(reached: readonly number[], nodes: readonly PlacedNode[]) {
  const stores = reached.filter((at) => nodes[at]!.dataClasses.length > 0)
  const told = stores.slice(0, STORES_MAX).map((at): ClassifiedStore => {
    const { key, dataClasses } = nodes[at]!
    return { node: key, dataClasses }
  })
  return { stores: told, storesTotal: stores.length }
}

function remember<T>(find: (at: number) => T): (at: number) => T {
  const known = new Map<number, T>()
  return (at) => {
    const found = known.get(at) ?? find(at)
    known.set(at, found)
    return found
  }
}

/** What is found is as large as the graph, so one is kept. */
function rememberLast<T>(find: (at: number) => T): (at: number) => T {
  let [last, known]: [number, T | null] = [-1, null]
  return (at) => {
    if (at !== last || known === null) [last, known] = [at, find(at)]
    return known
  }
}
