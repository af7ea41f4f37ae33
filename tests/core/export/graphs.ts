// Graphs for the tests of exports: a small one with every kind of node, and one whose names are hostile.

import { TRUST_RULES, type Trust, type TrustRule } from '../../../core/graph/edge.ts'
import type { Graph, GraphEdge, GraphNode } from '../../../core/graph/graph.ts'
import { type NodeKey, type NodeKind, nodeId } from '../../../core/graph/node.ts'
import { tagsFrom } from '../../../core/graph/tags.ts'

export function key(kind: NodeKind, name: string, rest: Partial<NodeKey> = {}): NodeKey {
  return { environment: 'production', kind, namespace: '', name, ...rest }
}

export function node(of: NodeKey, isObserved = of.kind === 'service'): GraphNode {
  const seen = {
    firstSeenMs: 0,
    lastSeenMs: 0,
    versions: [],
    instances: [],
    tags: tagsFrom([]),
    rollout: null,
    unattributedCalls: 0,
    isSampledOnly: false,
  }
  return { ...of, ...seen, isObserved, id: nodeId(of) }
}

export function edge(
  source: NodeKey,
  target: NodeKey,
  rest: Partial<Omit<GraphEdge, 'trust'>> & { readonly rule?: TrustRule } = {},
): GraphEdge {
  const { rule = 'paired', calls = 1, ...given } = rest
  const trust = Object.fromEntries(TRUST_RULES.map((each) => [each, each === rule ? calls : 0]))
  return {
    ...{ id: `${nodeId(source)}>${nodeId(target)}`, source, target, protocol: 'http' },
    ...{ calls, errors: 0, firstSeenMs: 0, lastSeenMs: 0, trust: trust as Trust },
    ...{ estimate: null, sampledCalls: 0, examples: [], callerInstances: [], traces: [] },
    encryption: { tlsCalls: 0, plainCalls: 0 },
    ...{ hosts: [], ports: [], operations: [], p50Ms: null, p95Ms: null },
    ...given,
  }
}

const USER = key('user', 'user')
const WEB = key('service', 'web', { namespace: 'shop' })
const CART = key('service', 'cart')
const LEGACY = key('service', 'legacy')
const DATABASE = key('database', 'postgresql/orders')
const QUEUE = key('messaging', 'kafka/orders')
const PAYMENTS = key('external', 'payments.example.com')

export const SMALL: Graph = {
  nodes: [
    ...[USER, WEB, CART, DATABASE, QUEUE, PAYMENTS].map((each) => node(each)),
    node(LEGACY, false),
  ],
  edges: [
    edge(USER, WEB, { rule: 'serverOnly', calls: 12 }),
    edge(WEB, CART, {
      ...{ protocol: 'grpc', calls: 1200, errors: 3, p50Ms: 0.1 * Math.SQRT2, p95Ms: 12.8 },
      ...{ hosts: ['cart', '10.0.0.7'], ports: [8080, 443] },
      operations: [{ name: 'GetCart', calls: 1200, errors: 3 }],
    }),
    edge(CART, DATABASE, { rule: 'clientOnly', protocol: 'database', calls: 7 }),
    edge(CART, QUEUE, { rule: 'messaging', protocol: 'messaging' }),
    edge(WEB, PAYMENTS, { rule: 'clientOnly', calls: 2, errors: 1 }),
    edge(WEB, LEGACY, { rule: 'peer', protocol: 'other' }),
    edge(CART, CART),
  ],
}

/** Names that break a careless writer of some format. */
export const HOSTILE_NAMES: readonly string[] = [
  ...['end', 'subgraph', 'graph', 'style x fill:#fff;', 'click n1 call alert()', '%%{init: {}}%%'],
  ...[
    '--',
    '-->',
    '- item',
    '1. item',
    '%% comment',
    '#quot;',
    '&quot;&amp;&#34;',
    'ﬂ°°34¶ß',
    '`*b*`',
  ],
  ...[
    'a"b',
    "a'b",
    '"',
    '"]; evil [label="',
    'a\nb',
    'a\r\nb',
    'a\u2028b',
    'a\tb',
    'tab\\t\\N\\G',
    '\\',
    'a\\"b',
  ],
  ...[
    ']]>',
    '<![CDATA[',
    '<!--',
    '<script>alert(1)</script>',
    '</text></svg>',
    '<b>x</b>',
    '$$x$$',
  ],
  ...['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', 'a,b;c|d', ' lead', 'trail '],
  ...[
    '\u202eevil\u202c',
    '\u200fabc',
    '\u2066x\u2069',
    'مرحبا',
    '日本語のサービス',
    '😀',
    '\ud800lone',
  ],
  ...[
    '\u0001\u001b[31m\u007f\u0085',
    '\ufffe',
    'é'.repeat(256),
    'x'.repeat(512),
    'long name '.repeat(50),
  ],
  ...['constructor', '__proto__', 'n1', 'fa:fa-bomb', '_emphasis_', '[x](javascript:alert(1))'],
  '<img src=x onerror=window.hacked=1>',
  '<script>window.hacked=1</script>',
  // Longer than decode lets through, because who writes a text must not count on who read it.
  'x'.repeat(10_000),
  '"]]>\n\u202e<script>'.repeat(700),
]

/** A hub that calls every hostile name, as each kind in turn. */
export function hostileGraph(): Graph {
  const kinds: readonly NodeKind[] = ['service', 'database', 'messaging', 'external']
  const hub = key('service', 'hub')
  const others = HOSTILE_NAMES.map((name, at) => key(kinds[at % kinds.length] ?? 'service', name))
  return {
    nodes: [node(hub), ...others.map((each) => node(each))],
    edges: others.map((each, at) =>
      edge(hub, each, {
        rule: at % 2 === 0 ? 'paired' : 'peer',
        calls: at + 1,
        hosts: [each.name],
      }),
    ),
  }
}

/** The same graph, its lists in another order. */
export function shuffled(graph: Graph, seed: number): Graph {
  const by = <T>(items: readonly T[]) =>
    items
      .map((item, at) => ({ item, rank: ((at + 1) * 2_654_435_761 * seed) % 4_294_967_291 }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item)
  return { nodes: by(graph.nodes), edges: by(graph.edges) }
}
