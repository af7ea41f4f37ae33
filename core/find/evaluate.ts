// What a query finds in a graph. Each part is asked of every node and edge once, so the time is that of the
// query's length times the graph's size; ways and reach are one walk each.
import { type Glob, matchGlob, parseGlob } from '../graph/glob.ts'
import { displayName } from '../graph/label.ts'
import type { FindEdge, FindGraph, FindNode } from './find-graph.ts'
import { type Degrees, type Operand, operandOf } from './operands.ts'
import type { Leaf, Query } from './query.ts'

/** Places in graph.nodes and graph.edges: 1 it holds, 0 it does not, -1 it is left open. */
type Verdicts = { readonly nodes: Int8Array; readonly edges: Int8Array }
const [YES, NO, OPEN] = [1, 0, -1] as const

export type Matches = {
  readonly nodeIds: ReadonlySet<string>
  readonly edgeIds: ReadonlySet<string>
}

/**
 * The nodes and edges for which a query holds. A condition on nodes leaves open what is asked of edges, and
 * the other way, and NOT, AND and OR go by three values as in SQL: NOT of what is open is open, AND holds
 * when all parts hold, OR when one does. So `not kind = user` finds nodes and no edge, `kind = user or
 * calls > 5` users and edges, `kind = user and calls > 5` nothing: `source.kind = user and calls > 5` says it.
 * - a word: in `namespace/name kind` of a node, in `source → target protocol standing` of an edge.
 * - text: letters of either case are equal; `=` is the whole text, `*` in it any run of characters; of several
 *   values one must fit; `none`: there is no value. `a != b` is `not a = b`, as with every operator.
 * - numbers: what is not known fits no comparison but `= none`. Calls and errors are estimates where the
 *   map shows estimates.
 * - `source.X`, `target.X`: of an edge, what X says of the node at that end.
 * - path(a, b): nodes and edges on a way along edges, of any length, from a node that a finds to one that
 *   b finds; the ways may pass a node twice. A node that both find is a way of its own.
 * - reach(a): nodes that a finds, all that is called from them on any way, and the edges of those ways;
 *   reachedby(a): the same against the edges.
 */
export function matchQuery(query: Query, graph: FindGraph): Matches {
  const { nodes, edges } = judge(query, readWays(graph))
  return {
    nodeIds: new Set(graph.nodes.filter((_, at) => nodes[at] === YES).map(({ id }) => id)),
    edgeIds: new Set(graph.edges.filter((_, at) => edges[at] === YES).map(({ id }) => id)),
  }
}

/** A graph with what walks need. */
type Ways = FindGraph & {
  /** Places of each edge's ends; -1 where the node is not in the graph. */
  readonly sources: Int32Array
  readonly targets: Int32Array
  readonly degrees: readonly Degrees[]
}

function readWays(graph: FindGraph): Ways {
  const placeOf = new Map(graph.nodes.map(({ id }, at) => [id, at]))
  const place = (id: string) => placeOf.get(id) ?? -1
  const sources = Int32Array.from(graph.edges, ({ sourceId }) => place(sourceId))
  const targets = Int32Array.from(graph.edges, ({ targetId }) => place(targetId))
  const degrees = graph.nodes.map(() => ({ in: 0, out: 0 }))
  for (const at of sources) if (degrees[at]) degrees[at].out++
  for (const at of targets) if (degrees[at]) degrees[at].in++
  return { ...graph, sources, targets, degrees }
}

function judge(query: Query, ways: Ways): Verdicts {
  switch (query.type) {
    case 'not':
      return map(judge(query.part, ways), (one) => (one === OPEN ? OPEN : one === YES ? NO : YES))
    case 'and':
    case 'or': {
      const decides = query.type === 'and' ? NO : YES
      const join = (a: number, b: number) =>
        a === decides || b === decides ? decides : a === OPEN ? OPEN : b
      return query.parts.map((part) => judge(part, ways)).reduce((a, b) => combine(a, b, join))
    }
    case 'call': {
      const [from, to] = query.args.map((arg) => judge(arg, ways).nodes)
      const forward = query.name === 'reachedby' ? null : walk(ways, from, 'forward')
      const backward =
        query.name === 'reach' ? null : walk(ways, query.name === 'path' ? to : from, 'backward')
      return onWays(ways, forward, backward)
    }
    default:
      return judgeLeaf(query, ways)
  }
}

function map({ nodes, edges }: Verdicts, change: (one: number) => number): Verdicts {
  return { nodes: nodes.map(change), edges: edges.map(change) }
}

function combine(a: Verdicts, b: Verdicts, join: (a: number, b: number) => number): Verdicts {
  return {
    nodes: a.nodes.map((one, at) => join(one, b.nodes[at] ?? OPEN)),
    edges: a.edges.map((one, at) => join(one, b.edges[at] ?? OPEN)),
  }
}

/** Places of nodes that a walk from these comes to, they included: 1, else 0. */
function walk(
  ways: Ways,
  from: Int8Array | undefined,
  direction: 'forward' | 'backward',
): Uint8Array {
  const { sources, targets } = ways
  const [tails, heads] = direction === 'forward' ? [sources, targets] : [targets, sources]
  const next = ways.nodes.map((): number[] => [])
  tails.forEach((tail, at) => {
    const head = heads[at] ?? -1
    if (head >= 0) next[tail]?.push(head)
  })
  const seen = Uint8Array.from(ways.nodes, (_, at) => (from?.[at] === YES ? 1 : 0))
  const open = [...seen.keys()].filter((at) => seen[at] === 1)
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const head of next[at] ?? [])
      if (seen[head] === 0) {
        seen[head] = 1
        open.push(head)
      }
  return seen
}

/** What a walk from one side and one from the other have in common; null: everything. */
function onWays(ways: Ways, forward: Uint8Array | null, backward: Uint8Array | null): Verdicts {
  const isIn = (set: Uint8Array | null, at: number | undefined) =>
    at !== undefined && at >= 0 && (set === null || set[at] === 1)
  const nodes = Int8Array.from(ways.nodes, (_, at) =>
    isIn(forward, at) && isIn(backward, at) ? YES : NO,
  )
  const edges = Int8Array.from(ways.edges, (_, at) =>
    isIn(forward, ways.sources[at]) && isIn(backward, ways.targets[at]) ? YES : NO,
  )
  return { nodes, edges }
}

function judgeLeaf(leaf: Leaf, ways: Ways): Verdicts {
  if (leaf.type === 'word') return judgeWord(leaf.text.toLowerCase(), ways)
  const operand = operandOf(leaf.operand)
  const fits = valueTest(leaf, operand, ways.readAtMs)
  const { node: ofNode, edge: ofEdge } = operand
  const asked = (at: number) => {
    const [node, degrees] = [ways.nodes[at], ways.degrees[at]]
    return node && degrees && ofNode ? verdict(fits(ofNode(node, degrees))) : OPEN
  }
  if (leaf.end === 'self')
    return {
      nodes: Int8Array.from(ways.nodes, (_, at) => asked(at)),
      edges: Int8Array.from(ways.edges, (edge) => (ofEdge ? verdict(fits(ofEdge(edge))) : OPEN)),
    }
  const ends = leaf.end === 'source' ? ways.sources : ways.targets
  return {
    nodes: new Int8Array(ways.nodes.length).fill(OPEN),
    edges: Int8Array.from(ends, asked),
  }
}

function verdict(holds: boolean): number {
  return holds ? YES : NO
}

function judgeWord(word: string, { nodes, edges, sources, targets }: Ways): Verdicts {
  const names = nodes.map(({ namespace, name }) => {
    const shown = displayName(name)
    return (namespace === '' ? shown : `${displayName(namespace)}/${shown}`).toLowerCase()
  })
  const nodeHas = (node: FindNode, at: number) => `${names[at]} ${node.kind}`.includes(word)
  const edgeHas = (edge: FindEdge, at: number) =>
    `${names[sources[at] ?? -1] ?? ''} → ${names[targets[at] ?? -1] ?? ''} ${edge.protocol} ${edge.standing}`.includes(
      word,
    )
  return {
    nodes: Int8Array.from(nodes, (node, at) => verdict(nodeHas(node, at))),
    edges: Int8Array.from(edges, (edge, at) => verdict(edgeHas(edge, at))),
  }
}

type Condition = Exclude<Leaf, { readonly type: 'word' }>

/** The test of what an operand reads. */
function valueTest(
  leaf: Condition,
  operand: Operand,
  readAtMs: number,
): (value: unknown) => boolean {
  if (leaf.type === 'flag') return (value) => value === true
  if (leaf.type === 'text') {
    if (leaf.value === null) return (values) => (values as readonly string[]).length === 0
    const fits = textTest(leaf.operator, leaf.value.toLowerCase())
    return (values) => (values as readonly string[]).some((value) => fits(value.toLowerCase()))
  }
  const { value: wanted, operator } = leaf
  if (wanted === null) return (value) => value === null
  return (value) => {
    if (value === null) return false
    const measured = operand.type === 'age' ? readAtMs - (value as number) : (value as number)
    return compare(measured, operator, wanted)
  }
}

function textTest(operator: string, wanted: string): (value: string) => boolean {
  const glob: Glob = parseGlob(wanted)
  if (operator === '=') return (value) => matchGlob(glob, value) !== null
  if (operator === '^=') return (value) => value.startsWith(wanted)
  return operator === '$=' ? (value) => value.endsWith(wanted) : (value) => value.includes(wanted)
}

function compare(a: number, operator: string, b: number): boolean {
  if (operator === '=') return a === b
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}
