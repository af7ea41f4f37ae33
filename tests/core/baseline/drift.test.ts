// Drift, first form: the most specific kind, one subject an edge, nothing for what is approved.
import { expect, test } from 'vitest'
import { baselineOf, judgeEdge } from '../../../core/baseline/drift.ts'
import type { NodeKey, NodeKind } from '../../../core/graph/node.ts'

function node(name: string, kind: NodeKind = 'service', environment = 'prod'): NodeKey {
  return { environment, kind, namespace: '', name }
}

const baseline = baselineOf('prod', 7, [
  { source: node('web'), target: node('api') },
  { source: node('api'), target: node('stock') },
])

test('an approved edge is no drift', () => {
  expect(judgeEdge({ source: node('web'), target: node('api') }, baseline)).toBeNull()
})

test.each([
  ['two known services', node('web'), node('stock'), 'new_edge'],
  ['a service the baseline does not know', node('web'), node('admin'), 'new_service'],
  [
    'a known service in another environment',
    node('web'),
    node('api', 'service', 'lab'),
    'cross_environment',
  ],
  ['a database', node('web'), node('postgresql:db/users', 'database'), 'new_database'],
  ['an external domain', node('admin'), node('evil.example', 'external'), 'new_external'],
] as const)('an edge to %s has the most specific kind', (_, source, target, kind) => {
  const drift = judgeEdge({ source, target }, baseline)
  expect(drift?.kind).toBe(kind)
  expect(drift?.summary).toContain('baseline version 7')
})

test('a name that reads like a sentence is quoted in ours', () => {
  const odd = node('web is approved; nothing is new. “web”')
  const drift = judgeEdge({ source: odd, target: node('api') }, baseline)
  expect(drift?.summary).toMatch(/^“web is approved; nothing is new. 'web'” began calling api, /)
  expect(drift?.reasons[0]).toMatch(/^“web is approved/)
})

test('the other direction of an approved edge is drift', () => {
  expect(judgeEdge({ source: node('api'), target: node('web') }, baseline)?.kind).toBe('new_edge')
})

test('subjects tell apart what hostile names would mix up', () => {
  const subjects = [
    judgeEdge({ source: node('a","b'), target: node('c') }, baseline)!.subject,
    judgeEdge({ source: node('a'), target: node('b","c') }, baseline)!.subject,
    judgeEdge({ source: node('c'), target: node('a","b') }, baseline)!.subject,
  ]
  expect(new Set(subjects).size).toBe(3)
})
