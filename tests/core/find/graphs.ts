// Small graphs to ask, by hand and at random, and queries at random.
import fc from 'fast-check'
import type { FindEdge, FindGraph, FindNode } from '../../../core/find/find-graph.ts'
import {
  ENDS,
  FUNCTION_NAMES,
  FUNCTIONS,
  OPERAND_NAMES,
  type OperandName,
  operandOf,
} from '../../../core/find/operands.ts'
import { parseQuantity } from '../../../core/find/quantities.ts'
import type { Leaf, Query } from '../../../core/find/query.ts'
import { PROTOCOLS, TRUST_RULES, type Trust } from '../../../core/graph/edge.ts'
import { NODE_KINDS } from '../../../core/graph/node.ts'

export const HOUR_MS = 3_600_000
export const NOW_MS = 1000 * HOUR_MS

export function node(id: string, change: Partial<FindNode> = {}): FindNode {
  return {
    ...{ environment: 'prod', kind: 'service', namespace: '', name: id, id },
    tags: { owner: '', dataClasses: [], exposure: '', layer: '' },
    ...{ versions: [], isNew: false, isObserved: true, isSampledOnly: false, unattributedCalls: 0 },
    ...{ firstSeenMs: 0, lastSeenMs: NOW_MS },
    ...change,
  }
}

export function edge(id: string, change: Partial<FindEdge> = {}): FindEdge {
  const [sourceId = '', targetId = ''] = id.split('>')
  const trust = Object.fromEntries(TRUST_RULES.map((rule) => [rule, 0])) as Trust
  return {
    ...{ id, sourceId, targetId, protocol: 'http', calls: 1, errors: 0, estimate: null },
    ...{ sampledCalls: 0, firstSeenMs: 0, lastSeenMs: NOW_MS, p50Ms: null, p95Ms: null },
    trust: { ...trust, paired: 1 },
    ...{ isConfirmed: true, encryption: { tlsCalls: 0, plainCalls: 0 }, standing: 'known' },
    ...{ driftKind: null, operations: [] },
    ...change,
  }
}

export function graph(nodes: readonly FindNode[], edges: readonly FindEdge[]): FindGraph {
  return { nodes, edges, readAtMs: NOW_MS }
}

const NAMES = ['web', 'cart', 'pay', 'Pay-api', 'db', 'x'] as const
const OWNERS = ['', 'team a', 'b'] as const
const CLASSES = [[], ['pii'], ['pii', 'payment']] as const
const age = fc.integer({ min: 0, max: 50 }).map((hours) => NOW_MS - hours * HOUR_MS)
const count = fc.nat(12)

/** Up to 6 nodes and any edges between them, each pair at most once. */
export const anyGraph: fc.Arbitrary<FindGraph> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...NODE_KINDS),
      name: fc.constantFrom(...NAMES),
      namespace: fc.constantFrom('', 'shop'),
      owner: fc.constantFrom(...OWNERS),
      dataClasses: fc.constantFrom(...CLASSES),
      isNew: fc.boolean(),
      firstSeenMs: age,
    }),
    { minLength: 1, maxLength: 6 },
  )
  .chain((parts) => {
    const nodes = parts.map(({ owner, dataClasses, ...rest }, at) =>
      node(String(at), { ...rest, tags: { owner, dataClasses, exposure: '', layer: '' } }),
    )
    const place = fc.nat(nodes.length - 1)
    const pairs = fc.uniqueArray(
      fc.tuple(place, place).map(([a, b]) => `${a}>${b}`),
      { maxLength: 14 },
    )
    return pairs.chain((ids) =>
      fc
        .array(
          fc.record({
            protocol: fc.constantFrom(...PROTOCOLS),
            calls: count,
            errors: count,
            p95Ms: fc.option(fc.integer({ min: 0, max: 900 })),
            standing: fc.constantFrom('known' as const, 'new' as const, 'rejected' as const),
            encryption: fc.record({ tlsCalls: fc.nat(1), plainCalls: fc.nat(1) }),
            firstSeenMs: age,
          }),
          { minLength: ids.length, maxLength: ids.length },
        )
        .map((facts) =>
          graph(
            nodes,
            ids.map((id, at) => edge(id, facts[at])),
          ),
        ),
    )
  })

const VALUES = [...NAMES, 'PII', 'team a', '*a*', 'p*', 'shop', 'a"\\b', 'none', 'and']

function leafOf(name: OperandName, isWild: boolean): fc.Arbitrary<Leaf> {
  const operand = operandOf(name)
  const end = operand.node
    ? fc.constantFrom('self' as const, ...ENDS)
    : fc.constant('self' as const)
  if (operand.type === 'flag')
    return fc.record({ type: fc.constant('flag'), operand: fc.constant(name), end })
  if (operand.type === 'text') {
    const text = isWild ? fc.string({ unit: 'grapheme' }) : fc.constantFrom(...VALUES)
    const exact = operand.values ? fc.constantFrom(...operand.values) : text
    return fc.oneof(
      fc.record({
        ...{ type: fc.constant('text' as const), operand: fc.constant(name), end },
        ...{ operator: fc.constant('=' as const), value: fc.option(exact) },
      }),
      fc.record({
        ...{ type: fc.constant('text' as const), operand: fc.constant(name), end },
        ...{ operator: fc.constantFrom('~' as const, '^=' as const, '$=' as const), value: text },
      }),
    )
  }
  const units = {
    count: ['', 'k', 'm'],
    percent: ['', '%'],
    duration: ['', 'us', 's'],
    age: ['h', 'm', 'd', 'w'],
  }
  const digits = isWild
    ? fc.oneof(
        fc.nat(),
        fc.nat(999).map((n) => n / 100),
      )
    : fc.nat(12)
  const value = fc
    .tuple(digits, fc.constantFrom(...units[operand.type]))
    .map(([n, unit]) => parseQuantity(operand.type, `${n}${unit}`))
  return fc
    .record({
      ...{ type: fc.constant('number' as const), operand: fc.constant(name), end, value },
      operator: fc.constantFrom(
        '=' as const,
        '<' as const,
        '<=' as const,
        '>' as const,
        '>=' as const,
      ),
    })
    .map((leaf) => (leaf.value === null ? { ...leaf, operator: '=' } : leaf))
}

/** Queries of these operands, nested a few levels; wild ones have any text in them. */
export function anyQuery(
  isWild: boolean,
  names: readonly OperandName[] = OPERAND_NAMES,
): fc.Arbitrary<Query> {
  const word = isWild
    ? fc.string({ unit: 'grapheme' })
    : fc.constantFrom(...NAMES, 'new', 'http', '→')
  return fc.letrec<{ query: Query }>((tie) => {
    const part = tie('query')
    const parts = fc.array(part, { minLength: 2, maxLength: 3 })
    return {
      query: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'query' },
        fc.oneof(
          fc.record({ type: fc.constant('word' as const), text: word }),
          fc.constantFrom(...names).chain((name) => leafOf(name, isWild)),
        ),
        fc.record({ type: fc.constant('not' as const), part }),
        fc.record({ type: fc.constantFrom('and' as const, 'or' as const), parts }),
        fc.constantFrom(...FUNCTION_NAMES).chain((name) =>
          fc.record({
            ...{ type: fc.constant('call' as const), name: fc.constant(name) },
            args: fc.array(part, {
              minLength: FUNCTIONS[name].args,
              maxLength: FUNCTIONS[name].args,
            }),
          }),
        ),
      ),
    }
  }).query
}
