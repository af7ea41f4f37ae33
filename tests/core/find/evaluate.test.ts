// What a query finds: by cases, against an evaluator that asks every element by itself, and ways against the
// closure of the graph.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchQuery } from '../../../core/find/evaluate.ts'
import type { FindEdge, FindGraph, FindNode } from '../../../core/find/find-graph.ts'
import type { OperandName } from '../../../core/find/operands.ts'
import { parseFind } from '../../../core/find/parse.ts'
import type { Leaf, Query } from '../../../core/find/query.ts'
import { showGraph } from '../../../core/find/show.ts'
import { anyGraph, anyQuery, edge, graph, HOUR_MS, NOW_MS, node } from './graphs.ts'

const tags = (change: Partial<FindNode['tags']>) => ({ tags: { ...node('x').tags, ...change } })
const SHOP = graph(
  [
    node('user', { kind: 'user' }),
    node('web', { namespace: 'Shop', unattributedCalls: 2, ...tags({ owner: 'Team A' }) }),
    node('cart', { isNew: true, firstSeenMs: NOW_MS - HOUR_MS }),
    node('db', { kind: 'database', ...tags({ dataClasses: ['payment', 'pii'] }) }),
    node('bank', { kind: 'external' }),
  ],
  [
    edge('user>web', { calls: 2000, errors: 100, p95Ms: 600 }),
    edge('web>cart', { standing: 'new', estimate: { calls: 50, errors: 0 }, isConfirmed: false }),
    edge('cart>db', { protocol: 'database', encryption: { tlsCalls: 0, plainCalls: 3 } }),
    edge('cart>bank', {
      driftKind: 'new_operation',
      standing: 'new',
      operations: ['POST /export'],
    }),
  ],
)

function query(text: string): Query {
  const parsed = parseFind(text)
  if (!parsed.ok || parsed.query === null) throw new Error(`${text} does not parse`)
  return parsed.query
}
function found(text: string): string {
  const { nodeIds, edgeIds } = matchQuery(query(text), SHOP)
  return [...nodeIds, ...edgeIds].join(' ')
}

test.each([
  ['CART', 'cart web>cart cart>db cart>bank'],
  ['web cart', 'web>cart'],
  ['shop/web', 'web user>web web>cart'],
  ['database', 'db cart>db'],
  ['not kind = service', 'user db bank'],
  ['kind = user or calls > 1k', 'user user>web'],
  ['kind = user and calls > 1k', ''],
  ['source.kind = user and calls > 1k', 'user>web'],
  ['owner = "team a"', 'web'],
  ['owner = team*', 'web'],
  ['owner = none and kind = service', 'cart'],
  ['class = PII', 'db'],
  ['class != pii and has class', ''],
  ['new', 'cart web>cart cart>bank'],
  ['new and firstseen < 2h', 'cart'],
  ['changed', 'cart>bank'],
  ['tls = no', 'cart>db'],
  ['operation ~ EXPORT', 'cart>bank'],
  ['%error >= 5', 'user>web'],
  ['calls = 50', 'web>cart'],
  ['p95 > 500', 'user>web'],
  ['p95 = none and protocol = http', 'web>cart cart>bank'],
  ['p95 <= 500', ''],
  ['onesided', 'web>cart'],
  ['in = 0', 'user'],
  ['out = 2', 'cart'],
  ['degree >= 2 and not name = cart', 'web'],
  ['has unknowncallers', 'web'],
  ['trust = paired and target.class = pii', 'cart>db'],
  ['path(name = web, kind = database)', 'web cart db web>cart cart>db'],
  ['path(db, web)', ''],
  ['reach(name = cart)', 'cart db bank cart>db cart>bank'],
  ['reachedby(name = cart)', 'user web cart user>web web>cart'],
  ['reach(name = nobody)', ''],
])('%s', (text, expected) => {
  expect(found(text)).toBe(expected)
})

test('Hide wins over Find, and hides the edges of what it hides, but no node that is left alone', () => {
  const shown = showGraph(SHOP, { find: query('cart'), hide: query('name = db or tls = no') })
  expect([...shown.nodeIds]).toEqual(['user', 'web', 'cart', 'bank'])
  expect([...shown.edgeIds]).toEqual(['user>web', 'web>cart', 'cart>bank'])
  expect([...(shown.found?.edgeIds ?? [])]).toEqual(['web>cart', 'cart>bank'])
  const alone = showGraph(SHOP, { find: null, hide: query('protocol = *') })
  expect([alone.nodeIds.size, alone.edgeIds.size, alone.found]).toEqual([5, 0, null])
})

test('what a large graph is read without is told when it is asked for', () => {
  const large = graph(
    SHOP.nodes,
    SHOP.edges.map((one) => ({ ...one, operations: null, p95Ms: null })),
  )
  const ask = (text: string) => showGraph(large, { find: query(text), hide: null }).unread
  expect(ask('operation ~ x or p95 > 5 or not p95 = 3')).toEqual(['operation', 'p95'])
  expect(ask('reach(cart)')).toEqual([])
  expect(showGraph(SHOP, { find: query('p95 > 5'), hide: null }).unread).toEqual([])
})

const ASKED: readonly OperandName[] = [
  ...(['name', 'kind', 'namespace', 'owner', 'class', 'in', 'out', 'protocol', 'tls'] as const),
  ...(['calls', '%error', 'p95', 'new', 'firstseen', 'virtual'] as const),
]

test('in any graph a query finds what an evaluator finds that asks each element alone', () => {
  fc.assert(
    fc.property(anyGraph, anyQuery(false, ASKED), (any, asked) => {
      const matches = matchQuery(asked, any)
      const alone = {
        nodeIds: new Set(
          any.nodes.filter((one) => holds(asked, { node: one }, any)).map(({ id }) => id),
        ),
        edgeIds: new Set(
          any.edges.filter((one) => holds(asked, { edge: one }, any)).map(({ id }) => id),
        ),
      }
      expect(matches).toEqual(alone)
    }),
    { numRuns: 1000 },
  )
})

test('in any graph a path is what the closure says it is', () => {
  fc.assert(
    fc.property(anyGraph, fc.nat(5), fc.nat(5), (any, a, b) => {
      const named = graph(
        any.nodes.map((one) => ({ ...one, name: `n${one.id}`, namespace: '' })),
        any.edges,
      )
      const { nodeIds, edgeIds } = matchQuery(query(`path(name = n${a}, name = n${b})`), named)
      const leads = closure(any)
      const has = (id: string) => any.nodes.some((one) => one.id === id)
      const isReal = has(String(a)) && has(String(b))
      const onWay = (from: string, to: string) =>
        isReal && leads(String(a), from) && leads(to, String(b))
      expect([...nodeIds]).toEqual(any.nodes.map(({ id }) => id).filter((id) => onWay(id, id)))
      expect([...edgeIds]).toEqual(
        any.edges.filter(({ sourceId, targetId }) => onWay(sourceId, targetId)).map(({ id }) => id),
      )
    }),
  )
})

// The evaluator to compare with: one element at a time, in the plainest words.

type Element = { readonly node?: FindNode; readonly edge?: FindEdge }

/** null: left open. */
function ask(asked: Query, element: Element, any: FindGraph): boolean | null {
  if (asked.type === 'not') {
    const part = ask(asked.part, element, any)
    return part === null ? null : !part
  }
  if ('parts' in asked) {
    const parts = asked.parts.map((part) => ask(part, element, any))
    const decides = asked.type === 'or'
    if (parts.includes(decides)) return decides
    return parts.includes(null) ? null : !decides
  }
  if (asked.type === 'call') return askWay(asked, element, any)
  if (asked.type === 'word') return textOf(element, any).includes(asked.text.toLowerCase())
  if (asked.end === 'self') return askLeaf(asked, element, any)
  if (!element.edge) return null
  const id = asked.end === 'source' ? element.edge.sourceId : element.edge.targetId
  return askLeaf(asked, nodeElement(any, id), any)
}

function holds(asked: Query, element: Element, any: FindGraph): boolean {
  return ask(asked, element, any) === true
}

function nodeElement(any: FindGraph, id: string): Element {
  const one = any.nodes.find((each) => each.id === id)
  return one ? { node: one } : {}
}

function askWay(
  asked: Extract<Query, { type: 'call' }>,
  element: Element,
  any: FindGraph,
): boolean {
  const [first, second] = asked.args.map((arg) =>
    any.nodes.filter((one) => holds(arg, { node: one }, any)),
  )
  const starts = asked.name === 'reachedby' ? any.nodes : (first ?? [])
  const ends =
    asked.name === 'path' ? (second ?? []) : asked.name === 'reach' ? any.nodes : (first ?? [])
  const leads = closure(any)
  const from = element.node?.id ?? element.edge?.sourceId ?? ''
  const to = element.node?.id ?? element.edge?.targetId ?? ''
  return starts.some(({ id }) => leads(id, from)) && ends.some(({ id }) => leads(to, id))
}

/** Warshall's: whether a way of any length leads from the one to the other. */
function closure({ nodes, edges }: FindGraph): (from: string, to: string) => boolean {
  const leads = new Set([
    ...nodes.map(({ id }) => `${id} ${id}`),
    ...edges.map((e) => `${e.sourceId} ${e.targetId}`),
  ])
  for (const via of nodes)
    for (const a of nodes)
      for (const b of nodes)
        if (leads.has(`${a.id} ${via.id}`) && leads.has(`${via.id} ${b.id}`))
          leads.add(`${a.id} ${b.id}`)
  return (from, to) => leads.has(`${from} ${to}`)
}

function textOf({ node: one, edge: call }: Element, any: FindGraph): string {
  const nameOf = (id: string) => {
    const { namespace = '', name = '' } = nodeElement(any, id).node ?? {}
    return namespace ? `${namespace}/${name}` : name
  }
  if (one) return `${nameOf(one.id)} ${one.kind}`.toLowerCase()
  if (!call) return ''
  return `${nameOf(call.sourceId)} → ${nameOf(call.targetId)} ${call.protocol} ${call.standing}`.toLowerCase()
}

function askLeaf(
  leaf: Exclude<Leaf, { type: 'word' }>,
  element: Element,
  any: FindGraph,
): boolean | null {
  const values = valuesOf(leaf.operand, element, any)
  if (values === null) return null
  if (leaf.type === 'flag') return values.includes('yes')
  if (leaf.value === null) return values.length === 0
  return values.some((value) => {
    if (leaf.type === 'text') return askText(leaf.operator, String(value), leaf.value ?? '')
    const [a, b] = [Number(value), leaf.value ?? 0]
    return { '=': a === b, '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[leaf.operator]
  })
}

function askText(operator: string, value: string, wanted: string): boolean {
  const escaped = wanted.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  if (operator === '=') return new RegExp(`^${escaped.replaceAll('*', '[^]*')}$`, 'i').test(value)
  const plain = escaped.replaceAll('*', '\\*')
  return new RegExp(
    operator === '^=' ? `^${plain}` : operator === '$=' ? `${plain}$` : plain,
    'i',
  ).test(value)
}

function valuesOf(
  name: OperandName,
  { node: one, edge: call }: Element,
  any: FindGraph,
): readonly (string | number)[] | null {
  const some = (value: string) => (value ? [value] : [])
  const flag = (isSo: boolean) => [isSo ? 'yes' : 'no']
  if (name === 'new') return flag(one ? one.isNew : call?.standing === 'new')
  if (name === 'firstseen') return [NOW_MS - (one ?? call ?? { firstSeenMs: 0 }).firstSeenMs]
  if (one) {
    if (name === 'name') return some(one.name)
    if (name === 'kind') return [one.kind]
    if (name === 'namespace') return some(one.namespace)
    if (name === 'owner') return some(one.tags.owner)
    if (name === 'class') return [...one.tags.dataClasses]
    if (name === 'in') return [any.edges.filter((each) => each.targetId === one.id).length]
    if (name === 'out') return [any.edges.filter((each) => each.sourceId === one.id).length]
    return name === 'virtual' ? flag(one.kind === 'service' && !one.isObserved) : null
  }
  if (!call) return null
  if (name === 'protocol') return [call.protocol]
  if (name === 'calls') return [call.calls]
  if (name === 'p95') return call.p95Ms === null ? [] : [call.p95Ms]
  if (name === '%error') return call.calls === 0 ? [] : [(100 * call.errors) / call.calls]
  if (name !== 'tls') return null
  const { tlsCalls, plainCalls } = call.encryption
  return [tlsCalls && plainCalls ? 'mixed' : tlsCalls ? 'yes' : plainCalls ? 'no' : 'unknown']
}
