// Paths to classified data, exactly (docs/decisions/0016). Held: the edges that entries hold, and the live
// ones that rules hold; all: these and every live edge. An edge u -> v that is not held is a first path for (service, class) when
// the service reaches u over all edges, v reaches a node of the class over all edges, and the service
// reaches none over held ones. It compares states, so the order in which edges came cannot matter.
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
 * number of classes; each question then one walk to and from the edge. Null when nothing is classified.
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
  const net = layOut([...held, ...live])
  const own = ownClasses(net.nodes, moment.tags, classes)
  const overHeld = spread(own, linksOf(held, net, 'target'))
  const callers = linksOf([...held, ...live], net, 'target')
  const callees = linksOf([...held, ...live], net, 'source')
  const overAll = spread(own, callers)
  return {
    over(edge) {
      const from = net.places.get(nodeId(edge.source))
      const to = net.places.get(nodeId(edge.target))
      if (from === undefined || to === undefined || !overAll[to]!.some(Boolean))
        return NOTHING_REACHED
      const stores = storesFrom(walk(to, callees), net, moment.tags)
      const services = servicesOf(walk(from, callers), net, moment.tags)
      const pairs = services.flatMap((at) =>
        minus(overAll[to]!, overHeld[at]!).map((bit) => ({ service: net.nodes[at]!, bit })),
      )
      return {
        pairs: pairs.slice(0, PAIRS_MAX).map(({ service, bit }) => ({
          service,
          dataClass: classes[bit]!,
        })),
        pairsTotal: pairs.length,
        stores: stores.slice(0, STORES_MAX),
        storesTotal: stores.length,
      }
    },
  }
}

/** A node's classes as bits, 32 a word. */
type Bits = Uint32Array
/** By node: the nodes on the other side of its edges. */
type Links = readonly (readonly number[])[]
type Net = { readonly nodes: readonly NodeKey[]; readonly places: ReadonlyMap<string, number> }

function classesOf(tags: Inventory): readonly string[] {
  const classes = new Set<string>()
  for (const { dataClasses } of tags.values()) for (const each of dataClasses) classes.add(each)
  return [...classes].sort(compareText)
}

/** Nodes in the order of their names: what is listed does not depend on the order of the edges. */
function layOut(edges: readonly EdgeKey[]): Net {
  const found = new Map<string, NodeKey>()
  for (const { source, target } of edges)
    found.set(nodeId(source), source).set(nodeId(target), target)
  const sorted = [...found].sort(([, a], [, b]) => compareNodes(a, b))
  return {
    nodes: sorted.map(([, node]) => node),
    places: new Map(sorted.map(([id], at) => [id, at])),
  }
}

function ownClasses(
  nodes: readonly NodeKey[],
  tags: Inventory,
  classes: readonly string[],
): readonly Bits[] {
  const bits = new Map(classes.map((each, bit) => [each, bit]))
  return nodes.map((node) => {
    const own = new Uint32Array(Math.ceil(classes.length / 32))
    for (const each of tagsOf(tags, node).dataClasses) {
      const bit = bits.get(each)!
      own[bit >> 5]! |= 1 << (bit & 31)
    }
    return own
  })
}

/** For each node, by this end of its edges, the nodes at the other end, in order, each once. */
function linksOf(edges: readonly EdgeKey[], { nodes, places }: Net, end: keyof EdgeKey): Links {
  const links = nodes.map(() => new Set<number>())
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

function minus(bits: Bits, others: Bits): readonly number[] {
  const left: number[] = []
  for (let bit = 0; bit < bits.length * 32; bit++) {
    const mask = 1 << (bit & 31)
    if (bits[bit >> 5]! & mask && !(others[bit >> 5]! & mask)) left.push(bit)
  }
  return left
}

/** The node itself and all that are reached from it over links, the nearest first. */
function walk(start: number, links: Links): readonly number[] {
  const found = new Set([start])
  for (const at of found) for (const next of links[at]!) found.add(next)
  return [...found]
}

/** Those that the public can call first, because a path from them is the worst. */
function servicesOf(
  reaching: readonly number[],
  { nodes }: Net,
  tags: Inventory,
): readonly number[] {
  const services = reaching.filter((at) => nodes[at]!.kind === 'service')
  const { exposed = [], others = [] } = Object.groupBy(services, (at) =>
    isPublic(tags, nodes[at]!) ? 'exposed' : 'others',
  )
  return [...exposed, ...others]
}

function storesFrom(
  reached: readonly number[],
  { nodes }: Net,
  tags: Inventory,
): readonly ClassifiedStore[] {
  return reached.flatMap((at) => {
    const { dataClasses } = tagsOf(tags, nodes[at]!)
    return dataClasses.length > 0 ? [{ node: nodes[at]!, dataClasses }] : []
  })
}
