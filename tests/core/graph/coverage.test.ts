// Which services are called and never seen to call.
import { expect, test } from 'vitest'
import { type CoveredGraph, findSilentCallers } from '../../../core/graph/coverage.ts'
import { TRUST_RULES, type Trust, type TrustRule } from '../../../core/graph/edge.ts'
import type { NodeKey } from '../../../core/graph/node.ts'

const node = (name: string, kind: NodeKey['kind'] = 'service'): NodeKey => ({
  ...{ environment: 'prod', kind, namespace: '', name },
})
const user = node('user', 'user')
const database = node('stock', 'database')

function graphOf(...calls: readonly (readonly [NodeKey, NodeKey, TrustRule])[]): CoveredGraph {
  const keys = new Map<string, NodeKey>()
  for (const [source, target] of calls) keys.set(source.name, source).set(target.name, target)
  const trustOf = (given: TrustRule) =>
    Object.fromEntries(TRUST_RULES.map((rule) => [rule, rule === given ? 3 : 0])) as Trust
  return {
    nodes: [...keys.values()].map((key) => ({ ...key, isObserved: key.name !== 'legacy' })),
    edges: calls.map(([source, target, rule]) => ({ source, target, trust: trustOf(rule) })),
  }
}

const silent = (graph: CoveredGraph) => findSilentCallers(graph).map(({ name }) => name)

test('a service that is called and never calls is silent; one that calls anybody is not', () => {
  const graph = graphOf(
    [user, node('web'), 'serverOnly'],
    [node('web'), node('tax'), 'paired'],
    [node('web'), node('cart'), 'paired'],
    [node('cart'), database, 'clientOnly'],
  )
  expect(silent(graph)).toEqual(['tax'])
})

test('a call that only the called side told is no word of the caller', () => {
  const graph = graphOf(
    [user, node('web'), 'serverOnly'],
    [node('web'), node('cart'), 'serverOnly'],
    [node('cart'), node('queue', 'messaging'), 'messaging'],
  )
  expect(silent(graph)).toEqual(['web'])
})

test('a hop may stand for a client span, so that nobody is blamed for it', () => {
  const graph = graphOf([user, node('web'), 'serverOnly'], [node('web'), node('cart'), 'hop'])
  expect(silent(graph)).toEqual(['cart'])
})

test('what sends no spans at all, and what nobody calls, is not counted', () => {
  const graph = graphOf([node('web'), node('legacy'), 'peer'], [node('web'), database, 'paired'])
  expect(silent(graph)).toEqual([])
})
